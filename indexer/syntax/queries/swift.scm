; Swift. An extension opens the scope of the type that it extends; stored and computed properties of types and files
; are kept, local ones are not.

(class_declaration declaration_kind: "class" name: (type_identifier) @name) @definition.class
(class_declaration declaration_kind: "actor" name: (type_identifier) @name) @definition.class
(class_declaration declaration_kind: "struct" name: (type_identifier) @name) @definition.struct
(class_declaration declaration_kind: "enum" name: (type_identifier) @name) @definition.enum
(class_declaration declaration_kind: "extension" name: (user_type) @name) @scope.extension
(class_declaration
  declaration_kind: "extension"
  name: (user_type) @name
  (inheritance_specifier inherits_from: (user_type) @base)) @scope.extension
(class_declaration
  name: (type_identifier)
  (inheritance_specifier inherits_from: (user_type) @base))

(protocol_declaration name: (type_identifier) @name) @definition.protocol
(protocol_declaration (inheritance_specifier inherits_from: (user_type) @base))

(function_declaration "func" . name: _ @name) @definition.function
(protocol_function_declaration name: (_) @name) @definition.method
(init_declaration name: _ @name) @definition.constructor
(deinit_declaration "deinit" @name) @definition.method
(subscript_declaration "subscript" @name) @definition.method
(macro_declaration (simple_identifier) @name) @definition.macro

(enum_entry name: (simple_identifier) @name) @definition.constant
(typealias_declaration "typealias" . name: (type_identifier) @name) @definition.type
(associatedtype_declaration "associatedtype" . name: (type_identifier) @name) @definition.type

(source_file
  (property_declaration name: (pattern bound_identifier: (simple_identifier) @name)) @definition.variable)
(class_body
  (property_declaration name: (pattern bound_identifier: (simple_identifier) @name)) @definition.property)
(enum_class_body
  (property_declaration name: (pattern bound_identifier: (simple_identifier) @name)) @definition.property)
(protocol_property_declaration
  name: (pattern bound_identifier: (simple_identifier) @name)) @definition.property

; Uses

(call_expression . (simple_identifier) @reference.call)
(call_expression . (navigation_expression suffix: (navigation_suffix suffix: (simple_identifier) @reference.call)))
(call_expression . (prefix_expression operation: "." target: (simple_identifier) @reference.call))
(constructor_expression constructed_type: (user_type (type_identifier) @reference.call .))
(attribute (user_type (type_identifier) @reference.call .))
(macro_invocation (simple_identifier) @reference.call)
(user_type (type_identifier) @reference.type . (type_arguments)? .)
(navigation_expression target: (simple_identifier) @reference.type (#match? @reference.type "^[A-Z]"))

(import_declaration (identifier) @import.module) @import
