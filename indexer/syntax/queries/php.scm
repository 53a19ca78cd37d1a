; PHP. `namespace A\\B;` is a line of its own, as a package is in Java, and does not qualify. Traits used count as bases,
; promoted constructor parameters as properties.

(namespace_definition name: (namespace_name) @name) @definition.namespace

(class_declaration name: (name) @name) @definition.class
(interface_declaration name: (name) @name) @definition.interface
(trait_declaration name: (name) @name) @definition.trait
(enum_declaration name: (name) @name) @definition.enum
(enum_case name: (name) @name) @definition.constant

(class_declaration (base_clause [(name) (qualified_name)] @base))
(class_declaration (class_interface_clause [(name) (qualified_name)] @base))
(interface_declaration (base_clause [(name) (qualified_name)] @base))
(enum_declaration (class_interface_clause [(name) (qualified_name)] @base))
; What an anonymous class inherits is a use; it has no name that could have bases.
(anonymous_class (base_clause [(name) @reference.inherit (qualified_name (name) @reference.inherit)]))
(anonymous_class (class_interface_clause [(name) @reference.inherit (qualified_name (name) @reference.inherit)]))
(use_declaration [(name) (qualified_name)] @base)

(function_definition name: (name) @name) @definition.function
(method_declaration name: (name) @name) @definition.method
(property_declaration (property_element . (variable_name (name) @name))) @definition.property
(property_promotion_parameter name: (variable_name (name) @name)) @definition.property
(const_declaration (const_element . (name) @name)) @definition.constant
(expression_statement
  (function_call_expression
    function: (name) @_define
    arguments: (arguments . (argument (string (string_content) @name)))
    (#eq? @_define "define"))) @definition.constant

(function_call_expression function: (name) @reference.call)
(function_call_expression function: (qualified_name (name) @reference.call))
(member_call_expression name: (name) @reference.call)
(nullsafe_member_call_expression name: (name) @reference.call)
(scoped_call_expression name: (name) @reference.call)
(object_creation_expression (name) @reference.call)
(object_creation_expression (qualified_name (name) @reference.call))
(attribute (name) @reference.call)
(attribute (qualified_name (name) @reference.call))
(scoped_call_expression scope: (name) @reference.type)
(scoped_call_expression scope: (qualified_name (name) @reference.type))
(scoped_property_access_expression scope: (name) @reference.type)
(class_constant_access_expression . (name) @reference.type)
(class_constant_access_expression . (qualified_name (name) @reference.type))
(named_type (name) @reference.type)
(named_type (qualified_name (name) @reference.type))
(binary_expression operator: "instanceof" right: (name) @reference.type)

(namespace_use_declaration
  (namespace_use_clause . [(name) (qualified_name)] @import.module)) @import
(namespace_use_declaration
  (namespace_name) @import.module
  (namespace_use_group (namespace_use_clause . [(name) (qualified_name)] @import.name))) @import
(require_expression [
  (string) @import.module
  (encapsed_string) @import.module
  (binary_expression right: [(string) (encapsed_string)] @import.module)
  (parenthesized_expression (string) @import.module)
  (parenthesized_expression (encapsed_string) @import.module)
  (parenthesized_expression (binary_expression right: [(string) (encapsed_string)] @import.module))
]) @import
(require_once_expression [
  (string) @import.module
  (encapsed_string) @import.module
  (binary_expression right: [(string) (encapsed_string)] @import.module)
  (parenthesized_expression (string) @import.module)
  (parenthesized_expression (encapsed_string) @import.module)
  (parenthesized_expression (binary_expression right: [(string) (encapsed_string)] @import.module))
]) @import
(include_expression [
  (string) @import.module
  (encapsed_string) @import.module
  (binary_expression right: [(string) (encapsed_string)] @import.module)
  (parenthesized_expression (string) @import.module)
  (parenthesized_expression (encapsed_string) @import.module)
  (parenthesized_expression (binary_expression right: [(string) (encapsed_string)] @import.module))
]) @import
(include_once_expression [
  (string) @import.module
  (encapsed_string) @import.module
  (binary_expression right: [(string) (encapsed_string)] @import.module)
  (parenthesized_expression (string) @import.module)
  (parenthesized_expression (encapsed_string) @import.module)
  (parenthesized_expression (binary_expression right: [(string) (encapsed_string)] @import.module))
]) @import
