; Scala 2 and 3. A given without a name takes that of the type it gives; an extension lends the type that it extends to
; its methods. Values are taken at the level of files, types and enums only.

(package_object name: (identifier) @name) @definition.object
(class_definition name: (_) @name) @definition.class
(object_definition name: (_) @name) @definition.object
(trait_definition name: (_) @name) @definition.trait
(enum_definition name: (_) @name) @definition.enum
(simple_enum_case name: (_) @name) @definition.constant
(full_enum_case name: (_) @name) @definition.class

(extends_clause [(type_identifier) (stable_type_identifier) (generic_type)] @base)
(derives_clause (type_identifier) @base)

(function_definition name: (_) @name) @definition.function
(function_declaration name: (_) @name) @definition.function
(type_definition name: (type_identifier) @name) @definition.type

(given_definition name: (_) @name) @definition.object
(given_definition !name return_type: (generic_type type: (type_identifier) @name)) @definition.object
(given_definition !name return_type: (type_identifier) @name) @definition.object
(extension_definition
  parameters: (parameters . (parameter type: [
    (type_identifier) @name
    (stable_type_identifier) @name
    (generic_type type: (_) @name)
  ]))) @scope.extension

(compilation_unit [
  (val_definition pattern: (identifier) @name)
  (var_definition pattern: (identifier) @name)
] @definition.variable)
(template_body [
  (val_definition pattern: (identifier) @name)
  (var_definition pattern: (identifier) @name)
  (val_definition pattern: (identifiers (identifier) @name))
  (var_definition pattern: (identifiers (identifier) @name))
  (val_definition pattern: (tuple_pattern (identifier) @name))
  (val_declaration name: (identifier) @name)
  (var_declaration name: (identifier) @name)
] @definition.field)
(with_template_body (val_definition pattern: (identifier) @name) @definition.field)
(enum_body (val_definition pattern: (identifier) @name) @definition.field)
(class_parameter ["val" "var"] . name: (identifier) @name) @definition.field

(call_expression function: (identifier) @reference.call)
(call_expression function: (field_expression field: (identifier) @reference.call))
(generic_function function: (identifier) @reference.call)
(generic_function function: (field_expression field: (identifier) @reference.call))
(infix_expression operator: (identifier) @reference.call)
(instance_expression (type_identifier) @reference.call)
(instance_expression (generic_type type: (type_identifier) @reference.call))
(instance_expression (stable_type_identifier (type_identifier) @reference.call .))
(annotation name: (type_identifier) @reference.call)
(field_expression value: (identifier) @reference.type (#match? @reference.type "^[A-Z]"))
(type_identifier) @reference.type

(import_declaration path: _+ @import.module) @import
(import_declaration path: _+ @import.module (namespace_selectors [
  (identifier) @import.name
  (_ name: (identifier) @import.name)
])) @import
