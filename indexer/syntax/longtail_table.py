"""The grammars of the long tail that are loaded, and what the general rule does not find in them.

Each was loaded and has parsed a file. Left out: cobol hangs and typst crashes on some input; the tree of groovy has no
definitions; svelte, vue and astro hold their scripts as text. A new row needs an extension and, when
`extract_longtail` finds too little, the node types that it should know.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

__all__ = ["LONGTAIL", "LongtailRow"]


@dataclass(frozen=True, slots=True)
class LongtailRow:
    """A grammar of the pack.

    kinds: node type -> kind, where the general rule errs; an empty kind takes a type out.
    forms: node types that are lists of a Lisp, whose first word says what they define.
    labelled: blocks whose name is the last of the words before their body.
    assigned: definitions without a name of their own, which have that of what they are given to.
    """

    extensions: tuple[str, ...]
    filenames: tuple[str, ...] = ()
    kinds: Mapping[str, str] = field(default_factory=dict)
    forms: tuple[str, ...] = ()
    assigned: tuple[str, ...] = ()
    labelled: tuple[str, ...] = ()


def _row(
    extensions: str,
    filenames: str = "",
    *,
    kinds: str = "",
    forms: str = "",
    assigned: str = "",
    labelled: str = "",
) -> LongtailRow:
    """A row; `kinds` is written `node_type:kind`, apart by spaces, as are all lists."""
    pairs = (pair.partition(":") for pair in kinds.split())
    return LongtailRow(
        tuple(extensions.split()),
        tuple(filenames.split()),
        {node_type: kind for node_type, _, kind in pairs},
        tuple(forms.split()),
        tuple(assigned.split()),
        tuple(labelled.split()),
    )


_C_KINDS = (
    "struct_specifier:struct enum_specifier:enum union_specifier:union class_specifier:class preproc_def:macro"
    " preproc_function_def:macro type_definition:type namespace_definition:namespace"
)
_OCAML_KINDS = (
    "let_binding:function value_specification:function type_binding:type module_binding:module"
    " module_type_definition:interface class_binding:class method_definition:method exception_definition:type"
    " type_definition: module_definition: class_definition: value_definition: external:function"
)

LONGTAIL: dict[str, LongtailRow] = {
    "ada": _row(".adb .ads", kinds="subprogram_body:function subprogram_declaration:function package_body:module"),
    "apex": _row(".trigger .apex"),
    "cairo": _row(".cairo", kinds="function_definition:function mod_item:module impl_item:class"),
    "clojure": _row(".clj .cljs .cljc", forms="list_lit"),
    "cmake": _row(".cmake", "CMakeLists.txt", kinds="function_def:function macro_def:macro"),
    "commonlisp": _row(".lisp .lsp .asd", kinds="defun:function", forms="list_lit"),
    "cuda": _row(".cu .cuh", kinds=_C_KINDS),
    "d": _row(".d .di"),
    "dart": _row(
        ".dart",
        kinds="class_definition:class function_signature:function getter_signature:property setter_signature:property"
        " constructor_signature:constructor factory_constructor_signature:constructor enum_constant:constant"
        " mixin_declaration:trait extension_declaration:class type_alias:type",
    ),
    "elisp": _row(".el", forms="list"),
    "elm": _row(".elm", kinds="value_declaration:function port_annotation:function"),
    "erlang": _row(
        ".erl .hrl",
        kinds="fun_decl:function record_decl:struct pp_define:macro type_alias:type module_attribute:module"
        " callback:method",
    ),
    "fennel": _row(".fnl", kinds="fn:function lambda:function local:variable var:variable", forms="list"),
    "fish": _row(".fish"),
    "fortran": _row(
        ".f90 .f95 .f03 .f08 .f .for",
        kinds="function:function subroutine:function module:module program:module submodule:module interface:interface"
        " derived_type_definition:struct function_statement: subroutine_statement: module_statement:"
        " program_statement: interface_statement:",
    ),
    "fsharp": _row(
        ".fs .fsx .fsi",
        kinds="function_or_value_defn:function member_defn:method module_defn:module named_module:module"
        " namespace:module type_definition:type",
    ),
    "gdscript": _row(".gd", kinds="class_name_statement:class constructor_definition:constructor"),
    "gleam": _row(".gleam", kinds="function:function type_definition:type constant:constant"),
    "glsl": _row(".glsl .vert .frag .geom .comp .tesc .tese", kinds=_C_KINDS),
    "graphql": _row(
        ".graphql .gql .graphqls",
        kinds="object_type_definition:type interface_type_definition:interface enum_type_definition:enum"
        " union_type_definition:union scalar_type_definition:type input_object_type_definition:type"
        " operation_definition:function fragment_definition:type field_definition:field"
        " type_definition: type_system_definition: definition:",
    ),
    "hack": _row(".hack .hhi"),
    "hare": _row(".ha"),
    "haxe": _row(".hx"),
    "hcl": _row(".hcl .tf .tfvars .nomad", kinds="block:section", labelled="block"),
    "hlsl": _row(".hlsl .fx .cginc", kinds=_C_KINDS),
    "janet": _row(".janet", kinds="extra_defs:function def:variable", forms="tuple"),
    "jsonnet": _row(".jsonnet .libsonnet", kinds="bind:function"),
    "julia": _row(
        ".jl",
        kinds="function_definition:function macro_definition:macro struct_definition:struct module_definition:module"
        " abstract_definition:type",
    ),
    "latex": _row(
        ".tex .sty",
        kinds="section:section subsection:section subsubsection:section chapter:section new_command_definition:macro"
        " environment_definition:macro label_definition:key",
    ),
    "luau": _row(".luau"),
    "make": _row(".mk .mak", "Makefile GNUmakefile makefile", kinds="rule:rule variable_assignment:variable"),
    "matlab": _row(".matlab"),
    "nim": _row(
        ".nim .nims",
        kinds="proc_declaration:function func_declaration:function template_declaration:macro type_declaration:type"
        " object_declaration: enum_declaration: tuple_declaration:",
    ),
    "nix": _row(".nix", kinds="function_expression:function", assigned="function_expression"),
    "objc": _row(
        ".m .mm",
        kinds=_C_KINDS + " class_interface:class class_implementation:class protocol_declaration:protocol"
        " method_declaration:method method_definition:method implementation_definition: struct_declaration:",
    ),
    "ocaml": _row(".ml", kinds=_OCAML_KINDS),
    "ocaml_interface": _row(".mli", kinds=_OCAML_KINDS),
    "odin": _row(".odin"),
    "pascal": _row(
        ".pas .dpr .lpr", kinds="declType:type defProc:function declProc:function unit:module program:module"
    ),
    "perl": _row(
        ".pl .pm .t", kinds="subroutine_declaration_statement:function package_statement:module class_statement:class"
    ),
    "pony": _row(".pony", kinds="method:method constructor:constructor primitive_definition:object"),
    "powershell": _row(
        ".ps1 .psm1",
        kinds="class_method_definition:method function_statement:function class_statement:class enum_statement:enum",
    ),
    "prisma": _row(".prisma", kinds="model_block:struct enum_block:enum"),
    "proto": _row(".proto", kinds="message:struct enum:enum service:interface rpc:method package:module field:field"),
    "puppet": _row(".pp", kinds="defined_resource_type:type"),
    "purescript": _row(
        ".purs", kinds="function:function data:type newtype:type class_declaration:class type_alias:type signature:"
    ),
    "r": _row(".r", kinds="function_definition:function", assigned="function_definition"),
    "racket": _row(".rkt", forms="list"),
    "scheme": _row(".scm .ss .sld", forms="list"),
    "solidity": _row(".sol", kinds="library_declaration:class"),
    "tcl": _row(".tcl", kinds="procedure:function"),
    "thrift": _row(".thrift", kinds="exception_definition:struct const_definition:constant typedef_definition:type"),
    "v": _row(".v .vsh"),
    "verilog": _row(
        ".sv .svh .vh",
        kinds="function_body_declaration:function task_body_declaration:function function_declaration:"
        " task_declaration:",
    ),
    "vhdl": _row(
        ".vhd .vhdl",
        kinds="interface_declaration: entity_declaration:class architecture_body:module subprogram_body:function"
        " package_body:module constant_interface_declaration: signal_interface_declaration:"
        " variable_interface_declaration:",
    ),
    "vim": _row(".vim", ".vimrc vimrc"),
    "wgsl": _row(".wgsl", kinds="type_declaration: "),
}
