; Rust. An impl block lends the type's name to what it holds; `impl Trait for Type` makes the trait a base of the type.

(function_item name: (identifier) @name) @definition.function
(function_signature_item name: (identifier) @name) @definition.function
(macro_definition name: (identifier) @name) @definition.macro
(struct_item name: (type_identifier) @name) @definition.struct
(enum_item name: (type_identifier) @name) @definition.enum
(union_item name: (type_identifier) @name) @definition.union
(trait_item name: (type_identifier) @name) @definition.trait
(trait_item bounds: (trait_bounds [(type_identifier) @base (scoped_type_identifier) @base (generic_type type: (_) @base)]))
(type_item name: (type_identifier) @name) @definition.type
(associated_type name: (type_identifier) @name) @definition.type
(mod_item name: (identifier) @name body: (_)) @definition.module
(const_item name: (identifier) @name) @definition.constant
(static_item name: (identifier) @name) @definition.variable
(enum_variant name: (identifier) @name) @definition.constant
(field_declaration name: (field_identifier) @name) @definition.field

(impl_item
  !trait
  type: [
    (type_identifier) @name
    (primitive_type) @name
    (generic_type type: [(type_identifier) (scoped_type_identifier)] @name)
    (scoped_type_identifier) @name
    (reference_type type: [(type_identifier) @name (generic_type type: (type_identifier) @name)])
  ]) @scope.impl
(impl_item
  trait: [
    (type_identifier) @base
    (scoped_type_identifier) @base
    (generic_type type: [(type_identifier) (scoped_type_identifier)] @base)
  ]
  type: [
    (type_identifier) @name
    (primitive_type) @name
    (generic_type type: [(type_identifier) (scoped_type_identifier)] @name)
    (scoped_type_identifier) @name
    (reference_type type: [(type_identifier) @name (generic_type type: (type_identifier) @name)])
  ]) @scope.impl

(attribute_item) @decorator
(attribute_item
  (attribute (identifier) @_derive arguments: (token_tree (identifier) @reference.type))
  (#eq? @_derive "derive"))

(call_expression function: (identifier) @reference.call)
(call_expression function: (field_expression field: (field_identifier) @reference.call))
(call_expression function: (scoped_identifier name: (identifier) @reference.call))
(call_expression function: (generic_function function: (identifier) @reference.call))
(call_expression function: (generic_function function: (scoped_identifier name: (identifier) @reference.call)))
(call_expression function: (generic_function function: (field_expression field: (field_identifier) @reference.call)))
(macro_invocation macro: (identifier) @reference.call)
(macro_invocation macro: (scoped_identifier name: (identifier) @reference.call))
; inside of a macro call there are only tokens: a name before brackets is a call
(token_tree (identifier) @reference.call . (token_tree))
(struct_expression
  name: [(type_identifier) @reference.call (scoped_type_identifier name: (type_identifier) @reference.call)])
; `Type::new()`, `Enum::Variant`
(scoped_identifier path: (identifier) @reference.type (#match? @reference.type "^[A-Z]"))
(type_identifier) @reference.type

(use_declaration argument: [(identifier) (scoped_identifier) (crate) (self)] @import.module) @import
(use_declaration argument: (use_wildcard (_) @import.module "*" @import.name)) @import
(use_declaration argument: (use_as_clause path: (_) @import.module)) @import
(scoped_use_list
  path: (_) @import.module
  list: (use_list
    [
      (identifier) @import.name
      (scoped_identifier) @import.name
      (use_as_clause path: (_) @import.name)
      (use_wildcard) @import.name
    ])) @import
(use_declaration argument: (use_list [(identifier) (scoped_identifier)] @import.module)) @import
(extern_crate_declaration name: (identifier) @import.module) @import
(mod_item name: (identifier) @import.module !body) @import
