; Ruby. Mixins count as bases; `Struct.new`, `Class.new` and `Module.new` given to a constant define a class or module;
; the class-level calls that make methods define them.

(module name: (_) @name) @definition.module
(class name: (_) @name) @definition.class
(singleton_class value: (constant) @name) @scope.class

(superclass [(constant) (scope_resolution)] @base)
(superclass (call receiver: [(constant) (scope_resolution)] @base))
(call
  !receiver
  method: (identifier) @_mixin
  arguments: (argument_list [(constant) (scope_resolution)] @base)
  (#match? @_mixin "^(?:include|extend|prepend)$"))

(assignment
  left: (constant) @name
  right: (call
    receiver: (constant) @_maker
    method: (identifier) @_new
    (#match? @_maker "^(?:Struct|Class|Data)$")
    (#match? @_new "^(?:new|define)$"))) @definition.class
(assignment
  left: (constant) @name
  right: (call
    receiver: (constant) @_maker
    method: (identifier) @_new
    arguments: (argument_list . [(constant) (scope_resolution)] @base)
    (#eq? @_maker "Class")
    (#eq? @_new "new"))) @definition.class
(assignment
  left: (constant) @name
  right: (call
    receiver: (constant) @_maker
    method: (identifier) @_new
    (#eq? @_maker "Module")
    (#eq? @_new "new"))) @definition.module
(assignment left: (constant) @name) @definition.constant

(module body: (body_statement (method name: (_) @name) @definition.method))
(module body: (body_statement (singleton_method object: (self) name: (_) @name) @definition.method))
(singleton_class body: (body_statement (method name: (_) @name) @definition.method))
(method name: (_) @name) @definition.function
(singleton_method object: (self) name: (_) @name) @definition.function
(singleton_method object: [(constant) (identifier)] @scope name: (_) @name) @definition.method
(alias name: (_) @name) @definition.method

(call
  !receiver
  method: (identifier) @_maker
  arguments: (argument_list . (simple_symbol) @name)
  (#match? @_maker "^(?:define_method|define_singleton_method|alias_method)$")) @definition.method
(call
  !receiver
  method: (identifier) @_maker
  arguments: (argument_list (simple_symbol) @name)
  (#match? @_maker "^(?:[cm]?attr(?:_internal)?_(?:accessor|reader|writer)|[cm]attr_.*|class_attribute|def_delegators?|delegate)$"))
  @definition.property
(call
  !receiver
  method: (identifier) @_maker
  arguments: (argument_list . (simple_symbol) @name)
  (#match? @_maker "^(?:scope|belongs_to|has_many|has_one|has_and_belongs_to_many)$")) @definition.property

; A bare word in a body is a call or a local variable: the grammar cannot know, and a variable defines no name here.
(call method: [(identifier) (constant)] @reference.call)
(body_statement (identifier) @reference.call)
(call receiver: (constant) @reference.type)
(call receiver: (scope_resolution name: (constant) @reference.type))
(exceptions (constant) @reference.type)
(exceptions (scope_resolution name: (constant) @reference.type))
(argument_list (constant) @reference.type)

(call
  !receiver
  method: (identifier) @_require
  arguments: (argument_list . (string (string_content) @import.module))
  (#match? @_require "^(?:require|require_relative|load)$")) @import
(call
  !receiver
  method: (identifier) @_require
  arguments: (argument_list . (simple_symbol) (string (string_content) @import.module))
  (#eq? @_require "autoload")) @import
