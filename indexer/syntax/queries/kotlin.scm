; Kotlin. The receiver of an extension is its scope. A parameter of the primary constructor is a property when it has
; val or var.

(class_declaration (modifiers (class_modifier "enum")) name: (identifier) @name) @definition.enum
(class_declaration "class" name: (identifier) @name) @definition.class
(class_declaration "interface" name: (identifier) @name) @definition.interface
(object_declaration name: (identifier) @name) @definition.object
(companion_object name: (identifier) @name) @definition.object
(enum_entry (identifier) @name) @definition.constant
(type_alias type: (identifier) @name) @definition.type

(class_declaration (delegation_specifiers (delegation_specifier [
  (user_type) @base
  (constructor_invocation . (user_type) @base)
  (explicit_delegation . (user_type) @base)
])))
(object_declaration (delegation_specifiers (delegation_specifier [
  (user_type) @base
  (constructor_invocation . (user_type) @base)
  (explicit_delegation . (user_type) @base)
])))

(class_parameter ["val" "var"] . (identifier) @name) @definition.property
(secondary_constructor "constructor" @name) @definition.constructor

(function_declaration (user_type) @scope . "." . name: (identifier) @name) @definition.function
(function_declaration (nullable_type (user_type) @scope) . "." . name: (identifier) @name) @definition.function
(function_declaration name: (identifier) @name) @definition.function

(source_file (property_declaration (user_type) @scope . "." . (variable_declaration . (identifier) @name))
  @definition.property)
(property_declaration
  (modifiers (property_modifier "const"))
  (variable_declaration . (identifier) @name)) @definition.constant
(source_file (property_declaration (variable_declaration . (identifier) @name)) @definition.property)
(class_body (property_declaration (variable_declaration . (identifier) @name)) @definition.property)
(enum_class_body (property_declaration (variable_declaration . (identifier) @name)) @definition.property)
(source_file
  (property_declaration (multi_variable_declaration (variable_declaration . (identifier) @name)))
  @definition.property)

(call_expression . (identifier) @reference.call)
(call_expression . (navigation_expression (identifier) @reference.call .))
(callable_reference (identifier) @reference.call .)
(infix_expression (_) . (identifier) @reference.call . (_))
(annotation (user_type (identifier) @reference.call .))
(annotation (constructor_invocation (user_type (identifier) @reference.call .)))
(user_type (identifier) @reference.type . (type_arguments)? .)
(navigation_expression . (identifier) @reference.type (#match? @reference.type "^[A-Z]"))

(import (qualified_identifier) @import.module) @import
