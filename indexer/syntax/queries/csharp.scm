; C#. Namespaces qualify: a block is a definition of its own, `namespace A.B;` lends its name to the whole file.

(namespace_declaration name: (_) @name) @definition.namespace
(compilation_unit (file_scoped_namespace_declaration name: (_) @name)) @scope.namespace

(class_declaration name: (identifier) @name) @definition.class
(record_declaration name: (identifier) @name) @definition.class
(struct_declaration name: (identifier) @name) @definition.struct
(interface_declaration name: (identifier) @name) @definition.interface
(enum_declaration name: (identifier) @name) @definition.enum
(delegate_declaration name: (identifier) @name) @definition.type

(base_list [(identifier) (generic_name) (qualified_name) (alias_qualified_name)] @base)
(primary_constructor_base_type type: [(identifier) (generic_name) (qualified_name)] @base)

(constructor_declaration name: (identifier) @name) @definition.constructor
(destructor_declaration "~" . name: (identifier) @name) @definition.method
(method_declaration name: (identifier) @name) @definition.method
; `#if` between a block and its `else if` leaves what looks like a function named `if`.
((local_function_statement name: (identifier) @name) @definition.function
  (#not-match? @name "^(?:if|for|foreach|while|switch|catch|using|lock)$"))
(operator_declaration operator: _ @name) @definition.method
(conversion_operator_declaration type: (_) @name) @definition.method
(indexer_declaration "this" @name) @definition.property
(property_declaration name: (identifier) @name) @definition.property
(event_declaration name: (identifier) @name) @definition.field
(enum_member_declaration name: (identifier) @name) @definition.constant

(field_declaration
  (modifier "const")
  (variable_declaration (variable_declarator name: (identifier) @name))) @definition.constant
(field_declaration
  (variable_declaration (variable_declarator name: (identifier) @name))) @definition.field
(event_field_declaration
  (variable_declaration (variable_declarator name: (identifier) @name))) @definition.field

; The components of a record are its properties.
(record_declaration (parameter_list (parameter name: (identifier) @name) @definition.property))

(invocation_expression function: [
  (identifier) @reference.call
  (generic_name . (identifier) @reference.call)
  (member_access_expression name: (identifier) @reference.call)
  (member_access_expression name: (generic_name . (identifier) @reference.call))
  (conditional_access_expression (member_binding_expression name: (identifier) @reference.call))
  (conditional_access_expression (member_binding_expression name: (generic_name . (identifier) @reference.call)))
])
(object_creation_expression type: [
  (identifier) @reference.call
  (generic_name . (identifier) @reference.call)
  (qualified_name name: (identifier) @reference.call)
])
(attribute name: (identifier) @reference.call)

(parameter type: [(identifier) @reference.type (generic_name . (identifier) @reference.type)])
(variable_declaration type: [(identifier) @reference.type (generic_name . (identifier) @reference.type)])
(property_declaration type: [(identifier) @reference.type (generic_name . (identifier) @reference.type)])
(method_declaration returns: [(identifier) @reference.type (generic_name . (identifier) @reference.type)])
(type_argument_list [(identifier) @reference.type (generic_name . (identifier) @reference.type)])
(nullable_type [(identifier) @reference.type (generic_name . (identifier) @reference.type)])
(array_type type: [(identifier) @reference.type (generic_name . (identifier) @reference.type)])
(cast_expression type: (identifier) @reference.type)
(typeof_expression type: (identifier) @reference.type)
(as_expression right: (identifier) @reference.type)
(is_expression right: (identifier) @reference.type)
(declaration_pattern type: (identifier) @reference.type)
(catch_declaration type: (identifier) @reference.type)
(type_parameter_constraint type: (identifier) @reference.type)
; The owner of a static member is only seen as a name: `JsonConvert.SerializeObject`.
(member_access_expression expression: (identifier) @reference.type (#match? @reference.type "^[A-Z]"))

(using_directive [(identifier) (qualified_name)] @import.module .) @import
