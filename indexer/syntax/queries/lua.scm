; Lua. `M.f`, `M:f` and `M.f = function` are methods of M; a table's function fields are methods of its variable.

(function_declaration name: (identifier) @name) @definition.function
(function_declaration name: (dot_index_expression table: (_) @scope field: (identifier) @name)) @definition.function
(function_declaration name: (method_index_expression table: (_) @scope method: (identifier) @name)) @definition.method

(assignment_statement
  (variable_list . name: (identifier) @name .)
  (expression_list . value: (function_definition body: (block)? @body) .)) @definition.function
(assignment_statement
  (variable_list . name: (dot_index_expression table: (_) @scope field: (identifier) @name) .)
  (expression_list . value: (function_definition body: (block)? @body) .)) @definition.function

(chunk
  (variable_declaration
    (assignment_statement
      (variable_list . name: (identifier) @name .)
      (expression_list . value: (table_constructor) .))) @definition.variable)
(chunk
  (assignment_statement
    (variable_list . name: (identifier) @name .)
    (expression_list . value: (table_constructor) .)) @definition.variable)
(chunk
  (assignment_statement
    (variable_list . name: (dot_index_expression table: (_) @scope field: (identifier) @name) .)
    (expression_list . value: (table_constructor) .)) @definition.field)
(field name: (identifier) @name value: (table_constructor)) @scope.table

(field name: (identifier) @name value: (function_definition body: (block)? @body)) @definition.function
(field name: (string content: (string_content) @name) value: (function_definition body: (block)? @body)) @definition.function

(chunk
  (variable_declaration
    (assignment_statement
      (variable_list name: (identifier) @name)
      (expression_list . value: [(string) (number) (true) (false)]))) @definition.variable)
(chunk
  (assignment_statement
    (variable_list name: (identifier) @name)
    (expression_list . value: [(string) (number) (true) (false)])) @definition.variable)

; Uses

(function_call name: (identifier) @reference.call)
(function_call name: (dot_index_expression field: (identifier) @reference.call))
(function_call name: (method_index_expression method: (identifier) @reference.call))

(function_call
  name: (identifier) @_require
  arguments: (arguments . (string content: (string_content) @import.module))
  (#match? @_require "^(?:require|dofile|loadfile|include)$")) @import
