; Python. Values are taken at module and class level only, also inside `if` and `try` there.

(class_definition
  name: (identifier) @name
  superclasses: (argument_list [(identifier) (attribute) (subscript) (call)] @base)?
  body: (block . (expression_statement . (string) @doc)?) @body) @definition.class

(function_definition
  name: (identifier) @name
  body: (block . (expression_statement . (string) @doc)?) @body) @definition.function

(decorated_definition definition: (_) @decorated) @decorator
(decorator (identifier) @reference.call)
(decorator (attribute attribute: (identifier) @reference.call))

(class_definition
  body: (block (expression_statement (assignment left: (identifier) @name) @definition.field)))

(module (expression_statement (assignment left: (identifier) @name) @definition.variable))
(module (expression_statement (assignment left: (pattern_list (identifier) @name)) @definition.variable))
(module (_ (block (expression_statement (assignment left: (identifier) @name) @definition.variable))))
(module (_ (_ (block (expression_statement (assignment left: (identifier) @name) @definition.variable)))))
(module (type_alias_statement left: (type (identifier) @name)) @definition.type)

(call function: (identifier) @reference.call)
(call function: (attribute attribute: (identifier) @reference.call))

(type (identifier) @reference.type)
(type (attribute attribute: (identifier) @reference.type))
(generic_type (identifier) @reference.type)
(type (binary_operator [(identifier) @reference.type (attribute attribute: (identifier) @reference.type)]))
(type
  (binary_operator
    (binary_operator [(identifier) @reference.type (attribute attribute: (identifier) @reference.type)])))

(import_statement name: (dotted_name) @import.module) @import
(import_statement name: (aliased_import name: (dotted_name) @import.module)) @import
(future_import_statement "__future__" @import.module name: (dotted_name) @import.name) @import
(import_from_statement
  module_name: (dotted_name) @import.module
  name: (dotted_name) @import.name) @import
(import_from_statement
  module_name: (dotted_name) @import.module
  name: (aliased_import name: (dotted_name) @import.name)) @import
(import_from_statement
  module_name: (dotted_name) @import.module
  (wildcard_import) @import.name) @import
(import_from_statement
  module_name: (relative_import (import_prefix) @import.level (dotted_name)? @import.module)
  name: (dotted_name) @import.name) @import
(import_from_statement
  module_name: (relative_import (import_prefix) @import.level (dotted_name)? @import.module)
  name: (aliased_import name: (dotted_name) @import.name)) @import
(import_from_statement
  module_name: (relative_import (import_prefix) @import.level (dotted_name)? @import.module)
  (wildcard_import) @import.name) @import
