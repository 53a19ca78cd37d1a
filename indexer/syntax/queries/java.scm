; Java. Enum constants and fields are found by name; anonymous classes belong to the method that makes them.

(class_declaration name: (identifier) @name) @definition.class
(record_declaration name: (identifier) @name) @definition.class
(interface_declaration name: (identifier) @name) @definition.interface
(annotation_type_declaration name: (identifier) @name) @definition.interface
(enum_declaration name: (identifier) @name) @definition.enum
(enum_constant name: (identifier) @name) @definition.constant

(superclass [(type_identifier) @base (scoped_type_identifier) @base (generic_type . (_) @base)])
(super_interfaces
  (type_list [(type_identifier) @base (scoped_type_identifier) @base (generic_type . (_) @base)]))
(extends_interfaces
  (type_list [(type_identifier) @base (scoped_type_identifier) @base (generic_type . (_) @base)]))

(constructor_declaration name: (identifier) @name) @definition.constructor
(compact_constructor_declaration name: (identifier) @name) @definition.constructor
(method_declaration name: (identifier) @name) @definition.method
(annotation_type_element_declaration name: (identifier) @name) @definition.method
(field_declaration declarator: (variable_declarator name: (identifier) @name)) @definition.field
(constant_declaration declarator: (variable_declarator name: (identifier) @name)) @definition.constant
(record_declaration parameters: (formal_parameters (formal_parameter name: (identifier) @name) @definition.field))

(method_invocation name: (identifier) @reference.call)
(object_creation_expression
  type: [
    (type_identifier) @reference.call
    (scoped_type_identifier (type_identifier) @reference.call .)
    (generic_type . [(type_identifier) @reference.call (scoped_type_identifier (type_identifier) @reference.call .)])
  ])
(method_reference (identifier) @reference.call .)
(annotation name: (identifier) @reference.call)
(marker_annotation name: (identifier) @reference.call)
(type_identifier) @reference.type

(import_declaration [(scoped_identifier) (identifier)] @import.module) @import
(import_declaration [(scoped_identifier) (identifier)] @import.module (asterisk) @import.name) @import
