"""The languages that locant knows: one table row each.

Adding a language is one row here and one query file in `queries/` (its captures are described at the top of
`engine.py`). A row without a grammar is a document format: `documents.py` cuts it into sections or lines.
Grammars are imported when first needed, since loading all twenty costs a tenth of a second of start-up.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

__all__ = ["LANGUAGES", "Grammar", "Language", "detect_language", "language_named"]


@dataclass(frozen=True, slots=True)
class Grammar:
    """Where a tree-sitter grammar comes from: a Python module and the function in it that returns the pointer."""

    module: str
    function: str = "language"


@dataclass(frozen=True, slots=True)
class Language:
    """A row of the table.

    extensions: with the dot, lower-case. filenames: exact base names. interpreters: of the `#!` line, no version.
    query: file in `queries/` without `.scm`; empty for a language without grammar.
    """

    name: str
    extensions: tuple[str, ...]
    filenames: tuple[str, ...] = ()
    interpreters: tuple[str, ...] = ()
    grammar: Grammar | None = None
    query: str = ""


def _code(
    name: str,
    grammar: Grammar,
    extensions: str,
    filenames: str = "",
    interpreters: str = "",
) -> Language:
    return Language(
        name=name,
        extensions=tuple(extensions.split()),
        filenames=tuple(filenames.split()),
        interpreters=tuple(interpreters.split()),
        grammar=grammar,
        query=name,
    )


def _text(name: str, extensions: str, filenames: str = "") -> Language:
    return Language(name=name, extensions=tuple(extensions.split()), filenames=tuple(filenames.split()))


LANGUAGES: tuple[Language, ...] = (
    _code(
        "python",
        Grammar("tree_sitter_python"),
        ".py .pyi .pyw .pyx .pxd .bzl .star",
        "SConstruct SConscript wscript BUILD.bazel WORKSPACE Tiltfile",
        "python pypy",
    ),
    _code(
        "javascript",
        Grammar("tree_sitter_javascript"),
        ".js .jsx .mjs .cjs .es6",
        "Jakefile",
        "node nodejs",
    ),
    _code(
        "typescript",
        Grammar("tree_sitter_typescript", "language_typescript"),
        ".ts .mts .cts",
        "",
        "deno bun ts-node tsx",
    ),
    _code("tsx", Grammar("tree_sitter_typescript", "language_tsx"), ".tsx"),
    _code("java", Grammar("tree_sitter_java"), ".java"),
    _code("kotlin", Grammar("tree_sitter_kotlin"), ".kt .kts", "", "kotlin"),
    _code("scala", Grammar("tree_sitter_scala"), ".scala .sc .sbt", "", "scala"),
    _code("go", Grammar("tree_sitter_go"), ".go"),
    _code("rust", Grammar("tree_sitter_rust"), ".rs"),
    _code("c", Grammar("tree_sitter_c"), ".c .h"),
    _code(
        "cpp",
        Grammar("tree_sitter_cpp"),
        ".cc .cpp .cxx .c++ .hh .hpp .hxx .h++ .ipp .inl .tpp .txx .cppm .ixx .cu .cuh .ino",
    ),
    _code("csharp", Grammar("tree_sitter_c_sharp"), ".cs .csx"),
    _code(
        "ruby",
        Grammar("tree_sitter_ruby"),
        ".rb .rake .gemspec .ru .podspec .thor .jbuilder",
        "Rakefile Gemfile Guardfile Vagrantfile Podfile Fastfile Capfile Brewfile Thorfile",
        "ruby jruby",
    ),
    _code(
        "php",
        Grammar("tree_sitter_php", "language_php"),
        ".php .php3 .php4 .php5 .phtml .inc",
        "",
        "php",
    ),
    _code("swift", Grammar("tree_sitter_swift"), ".swift", "", "swift"),
    _code(
        "bash",
        Grammar("tree_sitter_bash"),
        ".sh .bash .zsh .ksh .bats .ebuild",
        ".bashrc .bash_profile .bash_aliases .profile .zshrc .zprofile .zshenv PKGBUILD APKBUILD",
        "sh bash zsh dash ksh ash",
    ),
    _code("lua", Grammar("tree_sitter_lua"), ".lua .rockspec", "", "lua luajit"),
    _code("haskell", Grammar("tree_sitter_haskell"), ".hs .hs-boot", "", "runghc runhaskell stack"),
    _code("elixir", Grammar("tree_sitter_elixir"), ".ex .exs", "", "elixir"),
    _code("zig", Grammar("tree_sitter_zig"), ".zig .zon"),
    _text("markdown", ".md .markdown .mdx .mkd .mdown"),
    _text("rst", ".rst"),
    _text("html", ".html .htm .xhtml .vue .svelte .jinja .jinja2 .j2 .hbs"),
    _text("css", ".css"),
    _text("scss", ".scss .sass"),
    _text("less", ".less"),
    _text("sql", ".sql .ddl .psql"),
    _text("json", ".json .jsonc .json5 .geojson .webmanifest", ".babelrc .eslintrc .prettierrc composer.lock"),
    _text("yaml", ".yaml .yml", ".clang-format .clang-tidy"),
    _text("toml", ".toml", "Cargo.lock poetry.lock uv.lock Pipfile"),
    _text(
        "text",
        ".txt .text .cfg .ini .conf .properties .env .in .csv .tsv .adoc .tex .org .cmake .mk .gradle .xml .proto"
        " .graphql .dockerfile .bat .ps1 .spec .patch .diff",
        "Makefile GNUmakefile Dockerfile Containerfile Jenkinsfile CMakeLists.txt Procfile LICENSE COPYING README"
        " NEWS AUTHORS CHANGES CHANGELOG INSTALL MANIFEST.in .editorconfig .gitignore .gitattributes .dockerignore"
        " CODEOWNERS",
    ),
)

_BY_NAME = {language.name: language for language in LANGUAGES}
_BY_EXTENSION = {extension: language for language in LANGUAGES for extension in language.extensions}
_BY_FILENAME = {filename: language for language in LANGUAGES for filename in language.filenames}
_BY_INTERPRETER = {interpreter: language for language in LANGUAGES for interpreter in language.interpreters}

_SHEBANG = re.compile(rb"#!\s*(?:\S*/)?(?:env\s+(?:-\S+\s+|\w+=\S*\s+)*(?:\S*/)?)?([A-Za-z][\w+-]*)")
_VERSION_SUFFIX = re.compile(r"[\d.]+$")
# What only C++ writes at the start of a line or a name; a C header that mentions one in a comment is still parsed
# well enough by the C++ grammar.
_CPP_HEAD = re.compile(
    rb"^[ \t]*(?:class\s+\w+|namespace\b|template\s*<|using\s+\w+|(?:public|private|protected)\s*:)|\bstd::"
    rb"|^[ \t]*#\s*include\s*<(?:string|vector|memory|map|utility|functional|iostream|cstdint|cstddef|algorithm)>",
    re.MULTILINE,
)


def language_named(name: str) -> Language | None:
    """The row of that name."""
    return _BY_NAME.get(name)


def detect_language(path: str, head: bytes = b"") -> Language | None:
    """The language of a file by exact name, extension or `#!` line; None if the table does not know it.

    `head` is the beginning of the text; it decides between C and C++ for `.h`, and names scripts without extension.
    """
    filename = path.rsplit("/", 1)[-1]
    found = _BY_FILENAME.get(filename) or _by_extension(filename, head)
    return found or _by_interpreter(head) or _by_stem(filename)


def _by_extension(filename: str, head: bytes) -> Language | None:
    stem, dot, last = filename.rpartition(".")
    if not dot or not stem:
        return None
    if last == "h" and _CPP_HEAD.search(head):
        return _BY_NAME["cpp"]
    if last == "C":  # by long convention C++; on a file system that ignores case the difference is lost anyway
        return _BY_NAME["cpp"]
    return _BY_EXTENSION.get(f".{last.lower()}")


def _by_interpreter(head: bytes) -> Language | None:
    match = _SHEBANG.match(head)
    if match is None:
        return None
    name = match.group(1).decode("ascii")
    return _BY_INTERPRETER.get(name) or _BY_INTERPRETER.get(_VERSION_SUFFIX.sub("", name))


def _by_stem(filename: str) -> Language | None:
    """`Dockerfile.dev`, `Makefile.am`, `README.old`: the name before the unknown extension."""
    return _BY_FILENAME.get(filename.split(".", 1)[0]) if filename[:1] != "." else None
