; Elixir. Everything is a call; the word called tells what it defines. Clauses of one function are marked @clause and
; joined. `use` and `@behaviour` count as bases; `defimpl P, for: T` lends T to its functions.

(call
  target: (identifier) @_def
  (arguments . (alias) @name)
  (#eq? @_def "defmodule")) @definition.module
(call
  target: (identifier) @_def
  (arguments . (alias) @name)
  (#eq? @_def "defprotocol")) @definition.protocol
(call
  target: (identifier) @_def
  (arguments . (alias) @name)
  (do_block
    (unary_operator
      operand: (call target: (identifier) @_doc (arguments . [(string) (sigil)] @doc))))
  (#match? @_def "^def(?:module|protocol)$")
  (#eq? @_doc "moduledoc")) @definition.module

(call
  target: (identifier) @_impl
  (arguments
    .
    (alias) @base
    (keywords (pair key: (keyword) @_for value: (alias) @name)))
  (#eq? @_impl "defimpl")
  (#match? @_for "^for:")) @scope.impl
(call target: (identifier) @_use (arguments . (alias) @base) (#match? @_use "^(?:use|behaviour)$"))

(call
  target: (identifier) @_def
  (arguments
    .
    [
      (identifier) @name
      (call target: (identifier) @name)
      (binary_operator left: (call target: (identifier) @name) operator: "when")
      (binary_operator left: (identifier) @name operator: "when")
    ])
  (#match? @_def "^def(?:p|delegate|n|np)?$")) @definition.function @clause
(call
  target: (identifier) @_def
  (arguments . (binary_operator left: (_) operator: _ @name))
  (#match? @_def "^defp?$")
  (#not-eq? @name "when")) @definition.function @clause
(call
  target: (identifier) @_def
  (arguments
    .
    [
      (identifier) @name
      (call target: (identifier) @name)
      (binary_operator left: (call target: (identifier) @name) operator: "when")
    ])
  (#match? @_def "^def(?:macrop?|guardp?)$")) @definition.macro @clause

(call
  target: (identifier) @_def
  (arguments
    .
    [
      (list [(atom) @name @definition.field (keywords (pair key: (keyword) @name) @definition.field)])
      (keywords (pair key: (keyword) @name) @definition.field)
    ])
  (#match? @_def "^def(?:struct|exception)$"))

(call
  target: (identifier) @_test
  (arguments . (string . (quoted_content) @name .))
  (do_block)
  (#match? @_test "^(?:test|property)$")) @definition.function
(call
  target: (identifier) @_test
  (arguments . (string . (quoted_content) @name .))
  (do_block)
  (#eq? @_test "describe")) @scope.describe

(unary_operator
  operator: "@"
  operand: (call
    target: (identifier) @_type
    (arguments . (binary_operator left: [(identifier) @name (call target: (identifier) @name)] operator: "::")))
  (#match? @_type "^(?:typep?|opaque)$")) @definition.type
(unary_operator
  operator: "@"
  operand: (call
    target: (identifier) @_callback
    (arguments
      .
      [
        (binary_operator left: [(identifier) @name (call target: (identifier) @name)] operator: "::")
        (binary_operator
          left: (binary_operator left: (call target: (identifier) @name))
          operator: "when")
      ]))
  (#match? @_callback "^(?:macro)?callback$")) @definition.method
((unary_operator operator: "@" operand: (call target: (identifier) @name (arguments))) @definition.constant
  (#not-match? @name "^(?:doc|moduledoc|typedoc|shortdoc|spec|typep?|opaque|(?:macro)?callback|behaviour|impl|optional_callbacks|deprecated|since|derive|enforce_keys|compile|dialyzer|before_compile|after_compile|on_definition|external_resource|tag|moduletag|describetag|doctest)$"))
((unary_operator operator: "@" operand: (call target: (identifier) @_attribute)) @decorator
  (#match? @_attribute "^(?:doc|spec|impl|deprecated|since|tag|typedoc)$"))
((unary_operator operand: (call target: (identifier) @_attribute (arguments . [(string) (sigil)] @doc))) @decorator
  (#eq? @_attribute "doc"))

(call
  target: (identifier) @reference.call
  (#not-match? @reference.call "^(?:def.*|alias|import|use|require|if|unless|case|cond|with|for|quote|unquote|fn|doc|moduledoc|typedoc|spec|typep?|opaque|callback|impl|tag|behaviour|test|describe|try|receive|raise)$"))
(call target: (dot right: (identifier) @reference.call))
(binary_operator operator: "|>" right: (identifier) @reference.call)
(unary_operator operator: "&" operand: (binary_operator left: (identifier) @reference.call operator: "/"))
(struct (alias) @reference.type)
(dot left: (alias) @reference.type)

(call
  target: (identifier) @_import
  (arguments . (alias) @import.module)
  (#match? @_import "^(?:alias|import|use|require)$")) @import
(call
  target: (identifier) @_import
  (arguments . (dot left: (alias) @import.module right: (tuple (alias) @import.name)))
  (#match? @_import "^(?:alias|import|use|require)$")) @import
