"""Names of languages as issues write them: marks of fenced blocks, and file extensions."""

from __future__ import annotations

__all__ = ["FENCE_LANGUAGES", "NEUTRAL_FENCES", "OTHER_EXTENSIONS", "SOURCE_EXTENSIONS", "language_of_path"]

_words = str.split

_FENCES: dict[str, str] = {
    "python": "py python python3 py3 pycon pytb ipython python-traceback cython pyx",
    "javascript": "js javascript jsx node mjs es6",
    "typescript": "ts typescript tsx",
    "java": "java",
    "kotlin": "kt kotlin",
    "scala": "scala sbt",
    "go": "go golang",
    "rust": "rs rust",
    "c": "c h",
    "cpp": "cpp c++ cc cxx hpp",
    "csharp": "cs c# csharp dotnet",
    "ruby": "rb ruby erb",
    "php": "php",
    "swift": "swift",
    "lua": "lua",
    "haskell": "hs haskell",
    "elixir": "ex exs elixir iex",
    "zig": "zig",
    "html": "html vue svelte",
    "css": "css scss less",
    "sql": "sql mysql postgresql",
}
FENCE_LANGUAGES = {mark: language for language, marks in _FENCES.items() for mark in marks.split()}

# Marks that say nothing about the language of the repository: shells, configuration, output.
NEUTRAL_FENCES = frozenset(
    _words(
        "bash sh shell zsh console shell-session shellsession powershell ps1 cmd bat text txt plain plaintext log logs "
        "output none json json5 jsonc yaml yml toml ini cfg xml diff patch md markdown rst dockerfile makefile make "
        "mermaid csv http traceback error nohighlight properties"
    )
)

_EXTENSIONS: dict[str, str] = {
    "python": "py pyi pyx pxd ipynb",
    "javascript": "js jsx mjs cjs",
    "typescript": "ts tsx mts cts",
    "java": "java",
    "kotlin": "kt kts",
    "scala": "scala sc",
    "go": "go",
    "rust": "rs",
    "c": "c h",
    "cpp": "cc cpp cxx hh hpp hxx ipp cu cuh inl",
    "csharp": "cs csproj",
    "ruby": "rb rake erb gemspec",
    "php": "php phtml",
    "swift": "swift",
    "bash": "sh bash zsh",
    "lua": "lua",
    "haskell": "hs lhs",
    "elixir": "ex exs heex",
    "zig": "zig",
    "": "md rst txt json yml yaml toml ini cfg conf html htm css scss less sql xml vue svelte proto graphql tf "
    "cmake mk groovy gradle dart jl r m mm pl pm clj cljs erl ml mli fs f90 asm s ps1 bat jinja j2 tmpl tpl lock "
    "env properties csv po",
}
_BY_EXTENSION = {ending: language for language, endings in _EXTENSIONS.items() for ending in endings.split()}
SOURCE_EXTENSIONS = frozenset(_BY_EXTENSION)

# Endings of files that no repository keeps as source: what has one is not a dotted name either.
OTHER_EXTENSIONS = frozenset(
    _words(
        "zip tar gz bz2 xz whl jar war exe dll so dylib bin dat db png jpg jpeg gif svg webp ico pdf doc docx xlsx mp3 "
        "mp4 avi mov wav log out bak tmp pkl npy npz h5 parquet onnx safetensors"
    )
)


def language_of_path(path: str) -> str | None:
    """Language that the file name's extension stands for, if it is a programming language."""
    _, dot, ending = path.rpartition(".")
    return _BY_EXTENSION.get(ending.lower()) or None if dot else None
