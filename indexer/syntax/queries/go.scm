; Go. A method's receiver type is its scope, so that `func (s *Server) Run()` is `Server.Run`.

(function_declaration name: (identifier) @name) @definition.function
(method_declaration
  receiver: (parameter_list
    (parameter_declaration
      type: [
        (type_identifier) @scope
        (generic_type type: (type_identifier) @scope)
        (pointer_type [(type_identifier) @scope (generic_type type: (type_identifier) @scope)])
        (parenthesized_type [(type_identifier) @scope (pointer_type (type_identifier) @scope)])
      ]))
  name: (field_identifier) @name) @definition.method

(type_spec name: (type_identifier) @name type: (struct_type (field_declaration_list) @body)) @definition.struct
(type_spec name: (type_identifier) @name type: (interface_type "{" @body)) @definition.interface
(type_spec name: (type_identifier) @name) @definition.type
(type_alias name: (type_identifier) @name) @definition.type

(type_spec
  type: (struct_type
    (field_declaration_list
      (field_declaration
        !name
        type: [
          (type_identifier) @base
          (qualified_type) @base
          (generic_type type: (_) @base)
          (pointer_type [(type_identifier) @base (qualified_type) @base])
        ]))))
(type_spec
  type: (struct_type
    (field_declaration_list (field_declaration name: (field_identifier) @name) @definition.field)))
(type_spec
  type: (interface_type (method_elem name: (field_identifier) @name) @definition.method))
(type_spec
  type: (interface_type (type_elem . [(type_identifier) @base (qualified_type) @base] .)))

(source_file (const_declaration (const_spec name: (identifier) @name) @definition.constant))
(source_file (var_declaration (var_spec name: (identifier) @name) @definition.variable))
(source_file (var_declaration (var_spec_list (var_spec name: (identifier) @name) @definition.variable)))

(call_expression function: (identifier) @reference.call)
(call_expression function: (selector_expression field: (field_identifier) @reference.call))
(call_expression function: (parenthesized_expression (identifier) @reference.call))
(call_expression function: (index_expression operand: (identifier) @reference.call))
(call_expression
  function: (index_expression operand: (selector_expression field: (field_identifier) @reference.call)))
; `New[int](x)` looks like a conversion to a parser that knows no types
(type_conversion_expression
  type: (generic_type
    type: [(type_identifier) @reference.call (qualified_type name: (type_identifier) @reference.call)]))
(composite_literal
  type: [(type_identifier) @reference.call (qualified_type name: (type_identifier) @reference.call)])
((type_identifier) @reference.type
  (#not-match? @reference.type "^(any|bool|byte|error|float(32|64)|u?int(8|16|32|64)?|rune|string)$"))

(import_spec path: (_) @import.module) @import
