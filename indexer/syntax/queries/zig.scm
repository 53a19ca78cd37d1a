; Zig. A type is a constant that holds a container; a function that returns one is a generic type, and what is declared
; in it goes by the function's name. A constant that only renames an import is none.

(function_declaration name: (identifier) @name) @definition.function

(variable_declaration . (identifier) @name (struct_declaration "{" @body)) @definition.struct
(variable_declaration . (identifier) @name (opaque_declaration "{" @body)) @definition.struct
(variable_declaration . (identifier) @name (enum_declaration "{" @body)) @definition.enum
(variable_declaration . (identifier) @name (union_declaration "{" @body)) @definition.union
(variable_declaration . (identifier) @name (error_set_declaration "{" @body)) @definition.enum

([
  (source_file (variable_declaration "const" . (identifier) @name (_) @_value .) @definition.constant)
  (struct_declaration (variable_declaration "const" . (identifier) @name (_) @_value .) @definition.constant)
  (enum_declaration (variable_declaration "const" . (identifier) @name (_) @_value .) @definition.constant)
  (union_declaration (variable_declaration "const" . (identifier) @name (_) @_value .) @definition.constant)
  (opaque_declaration (variable_declaration "const" . (identifier) @name (_) @_value .) @definition.constant)
] (#not-match? @_value "^@(?:import|This|cImport)\\b"))
(source_file (variable_declaration "var" . (identifier) @name) @definition.variable)
(struct_declaration (variable_declaration "var" . (identifier) @name) @definition.variable)

(struct_declaration (container_field name: (identifier) @name) @definition.field)
(union_declaration (container_field name: (identifier) @name) @definition.field)
(enum_declaration (container_field name: (identifier) @name) @definition.constant)
(source_file (container_field name: (identifier) @name) @definition.field)

(test_declaration [(string (string_content) @name) (identifier) @name]) @definition.function

(call_expression function: (identifier) @reference.call)
(call_expression function: (field_expression member: (identifier) @reference.call))
(struct_initializer . [(identifier) @reference.type (field_expression member: (identifier) @reference.type)])
(parameter type: [(identifier) @reference.type (field_expression member: (identifier) @reference.type)])
(container_field type: [(identifier) @reference.type (field_expression member: (identifier) @reference.type)])
(variable_declaration type: [(identifier) @reference.type (field_expression member: (identifier) @reference.type)])
(function_declaration type: [(identifier) @reference.type (field_expression member: (identifier) @reference.type)])
(pointer_type [(identifier) @reference.type (field_expression member: (identifier) @reference.type)])
(nullable_type [(identifier) @reference.type (field_expression member: (identifier) @reference.type)])
(slice_type [(identifier) @reference.type (field_expression member: (identifier) @reference.type)])
(error_union_type ok: [(identifier) @reference.type (field_expression member: (identifier) @reference.type)])
(field_expression object: (identifier) @reference.type (#match? @reference.type "^[A-Z]"))

(builtin_function
  (builtin_identifier) @_import
  (arguments . (string (string_content) @import.module))
  (#eq? @_import "@import")) @import
