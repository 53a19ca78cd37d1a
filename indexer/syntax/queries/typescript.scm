; TypeScript. As JavaScript, with types; every type name in use is a reference.

(class_declaration name: (type_identifier) @name) @definition.class
(abstract_class_declaration name: (type_identifier) @name) @definition.class
(extends_clause value: [(identifier) (member_expression)] @base)
(implements_clause [(type_identifier) (nested_type_identifier)] @base)
(implements_clause (generic_type name: [(type_identifier) (nested_type_identifier)] @base))
(extends_type_clause type: [(type_identifier) (nested_type_identifier)] @base)
(extends_type_clause type: (generic_type name: [(type_identifier) (nested_type_identifier)] @base))

(interface_declaration name: (type_identifier) @name) @definition.interface
(type_alias_declaration name: (type_identifier) @name) @definition.type
(enum_declaration name: (identifier) @name) @definition.enum
(enum_body [(property_identifier) @name (enum_assignment name: (property_identifier) @name)] @definition.constant)
(internal_module name: (_) @name) @definition.namespace
(module name: (_) @name) @definition.namespace
(variable_declarator
  name: (identifier) @name
  value: (class body: (_) @body)) @definition.class
(assignment_expression
  left: [(identifier) (member_expression)] @name
  right: (class body: (_) @body)) @definition.class

(method_definition name: (property_identifier) @name (#eq? @name "constructor")) @definition.constructor
(method_definition name: [(property_identifier) (private_property_identifier) (string)] @name) @definition.method

(function_declaration name: (identifier) @name) @definition.function
(generator_function_declaration name: (identifier) @name) @definition.function
(function_signature name: (identifier) @name) @definition.function
(method_signature name: [(property_identifier) (string)] @name) @definition.method
(abstract_method_signature name: (property_identifier) @name) @definition.method
(export_statement
  "default" @name
  value: [(arrow_function body: (_) @body) (function_expression !name body: (_) @body)]) @definition.function
(export_statement "default" @name value: (class !name body: (_) @body)) @definition.class

(variable_declarator
  name: (identifier) @name
  value: [
    (arrow_function body: (_) @body)
    (function_expression body: (_) @body)
    (generator_function body: (_) @body)
  ]) @definition.function
; React.memo(() => ...), debounce(function () {...}): the wrapped function is what the name stands for
(variable_declarator
  name: (identifier) @name
  value: (call_expression
    arguments: (arguments . [(arrow_function body: (_) @body) (function_expression body: (_) @body)]))) @definition.function
(assignment_expression
  left: [(identifier) (member_expression)] @name
  right: [
    (arrow_function body: (_) @body)
    (function_expression body: (_) @body)
    (generator_function body: (_) @body)
  ]) @definition.function
(pair
  key: [(property_identifier) (string)] @name
  value: [
    (arrow_function body: (_) @body)
    (function_expression body: (_) @body)
    (generator_function body: (_) @body)
  ]) @definition.method
(public_field_definition
  name: [(property_identifier) (private_property_identifier)] @name
  value: [(arrow_function body: (_) @body) (function_expression body: (_) @body)]) @definition.method
(public_field_definition name: [(property_identifier) (private_property_identifier)] @name) @definition.field
(required_parameter (accessibility_modifier) pattern: (identifier) @name) @definition.field
(property_signature name: (property_identifier) @name) @definition.field

(program (lexical_declaration (variable_declarator name: (identifier) @name) @definition.variable))
(program (variable_declaration (variable_declarator name: (identifier) @name) @definition.variable))
(program
  (export_statement
    declaration: (lexical_declaration (variable_declarator name: (identifier) @name) @definition.variable)))
(program
  (export_statement
    declaration: (variable_declaration (variable_declarator name: (identifier) @name) @definition.variable)))
(ambient_declaration
  [
    (lexical_declaration (variable_declarator name: (identifier) @name) @definition.variable)
    (variable_declaration (variable_declarator name: (identifier) @name) @definition.variable)
  ])
(internal_module
  body: (statement_block
    (export_statement
      declaration: (lexical_declaration (variable_declarator name: (identifier) @name) @definition.variable))))
(program
  (expression_statement
    (assignment_expression left: (member_expression object: (_) @_object) @name) @definition.variable)
  (#match? @_object "(^|[.])exports$"))

(decorator) @decorator
(decorator [(identifier) @reference.call (member_expression property: (property_identifier) @reference.call)])

(call_expression function: (identifier) @reference.call)
(call_expression function: (member_expression property: (property_identifier) @reference.call))
; the grammar reads `await f<T>(x)` as `(await f)<T>(x)`
(call_expression
  function: (await_expression
    [(identifier) @reference.call (member_expression property: (property_identifier) @reference.call)]))
(new_expression constructor: (identifier) @reference.call)
(new_expression constructor: (member_expression property: (property_identifier) @reference.call))
(type_identifier) @reference.type

(import_statement (import_clause)? @_clause source: (string) @import.module) @import
(import_statement
  (import_clause (named_imports (import_specifier name: (_) @import.name)))
  source: (string) @import.module) @import
(import_statement (import_clause (identifier) @import.name) source: (string) @import.module) @import
(import_statement (import_require_clause (identifier) source: (string) @import.module)) @import
(export_statement source: (string) @import.module) @import
(export_statement
  (export_clause (export_specifier name: (_) @import.name))
  source: (string) @import.module) @import
(call_expression
  function: [(identifier) (import)] @_function
  arguments: (arguments . (string) @import.module .)
  (#any-of? @_function "require" "import")) @import
(variable_declarator
  name: (object_pattern
    [
      (shorthand_property_identifier_pattern) @import.name
      (pair_pattern key: (property_identifier) @import.name)
    ])
  value: (call_expression
    function: (identifier) @_function
    arguments: (arguments . (string) @import.module .))
  (#eq? @_function "require")) @import
