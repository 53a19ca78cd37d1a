; Haskell. A function is its signature and its equations: each is captured, marked @clause, and neighbours of one name are
; joined. An instance lends its type to its methods. Constructors and record fields are definitions of their own,
; local bindings are not.

(header module: (module) @name) @definition.module

(declarations [
  (signature name: [(variable) @name (prefix_id (operator) @name)])
  (signature names: (binding_list name: (_) @name))
  (function name: [(variable) @name (prefix_id (operator) @name)])
  (bind name: [(variable) @name (prefix_id (operator) @name)])
  (function (infix operator: (operator) @name))
  (function (infix operator: (infix_id (variable) @name)))
  (foreign_import signature: (signature name: (variable) @name))
] @definition.function @clause)
(class_declarations [
  (signature name: [(variable) @name (prefix_id (operator) @name)])
  (signature names: (binding_list name: (_) @name))
  (default_signature signature: (signature name: (variable) @name))
  (function name: [(variable) @name (prefix_id (operator) @name)])
  (bind name: [(variable) @name (prefix_id (operator) @name)])
  (function (infix operator: (operator) @name))
] @definition.method @clause)
(instance_declarations [
  (function name: [(variable) @name (prefix_id (operator) @name)])
  (bind name: [(variable) @name (prefix_id (operator) @name)])
  (function (infix operator: (operator) @name))
] @definition.method @clause)

(data_type name: (name) @name) @definition.type
(newtype name: (name) @name) @definition.type
(type_family name: (name) @name) @definition.type
(data_family name: (name) @name) @definition.type
; The grammar has spelt the node of a type synonym in two ways; its first token has stayed.
(declarations (_ "type" . name: (name) @name) @definition.type)
(class name: (name) @name declarations: (_)? @body) @definition.class
(pattern_synonym (equation synonym: (apply function: (constructor) @name))) @definition.constructor

(data_constructor [
  (prefix name: (constructor) @name)
  (record name: (constructor) @name)
  (infix operator: (constructor_operator) @name)
]) @definition.constructor
(newtype_constructor name: (constructor) @name) @definition.constructor
(gadt_constructor name: (constructor) @name) @definition.constructor
(field name: (field_name (variable) @name)) @definition.property

; `instance C T`, `instance C (T a b)`, `instance C [a]`
(instance name: (_) @base patterns: (type_patterns . (name) @name)) @scope.instance
(instance name: (_) @base patterns: (type_patterns . (parens (apply constructor: [
  (name) @name
  (qualified id: (name) @name)
  (apply constructor: [(name) @name (qualified id: (name) @name) (apply constructor: (name) @name)])
])))) @scope.instance
(instance name: (_) @base patterns: (type_patterns . (qualified id: (name) @name))) @scope.instance
(instance name: (_) @base patterns: (type_patterns . [(list) (tuple) (unit) (variable) (prefix_list)] @name))
  @scope.instance
(deriving classes: [(name) @base (tuple (name) @base)])
(class context: (context [
  (apply constructor: (name) @base)
  (parens (apply constructor: (name) @base))
  (tuple (apply constructor: (name) @base))
]))

; Uses: what is applied, and what stands beside an operator (composition, pipes).
(apply function: [(variable) @reference.call (qualified id: (variable) @reference.call)])
(apply argument: [(variable) @reference.call (qualified id: (variable) @reference.call)]
  (#match? @reference.call "..."))
(infix left_operand: [(variable) @reference.call (qualified id: (variable) @reference.call)]
  (#match? @reference.call "..."))
(infix right_operand: [(variable) @reference.call (qualified id: (variable) @reference.call)]
  (#match? @reference.call "..."))
(infix_id (variable) @reference.call)
(match expression: [(variable) @reference.call (qualified id: (variable) @reference.call)]
  (#match? @reference.call "..."))
(constructor) @reference.call
(name) @reference.type

(import module: (module) @import.module) @import
(import module: (module) @import.module names: (import_list name: (import_name [(variable) (name)] @import.name)))
  @import
