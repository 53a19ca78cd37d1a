; Bash and its kin. A file's variables are those that are set outside functions.

(function_definition name: (word) @name) @definition.function

(program (variable_assignment name: (variable_name) @name) @definition.variable)
(program (declaration_command (variable_assignment name: (variable_name) @name)) @definition.variable)
; Uses: built-in words are not calls that anything in the repository could define.

(command
  name: (command_name (word) @reference.call)
  (#not-match? @reference.call
    "^(?:echo|printf|cd|exit|return|set|shift|test|\\[|true|false|read|eval|trap|unset|local|source|[.:]|break|continue|exec|alias|shopt)$"))

(command
  name: (command_name) @_source
  .
  argument: [
    (word) @import.module
    (string (string_content) @import.module .)
    (raw_string) @import.module
    (concatenation (word) @import.module .)
  ]
  (#match? @_source "^(?:source|[.]|load|bats_load_library)$")) @import
