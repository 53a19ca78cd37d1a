"""Names that decide without a look at the content. Tables only; `names.py` applies them.

Everything here can be overruled by a `!` rule in .locantignore.
"""

from __future__ import annotations

__all__ = [
    "BINARY_SUFFIXES",
    "CACHE_FOLDERS",
    "DEPENDENCY_FOLDERS",
    "EXAMPLE_SUFFIXES",
    "GENERATED_NAMES",
    "GENERATED_SUFFIXES",
    "MINIFIED_SUFFIXES",
    "SECRET_NAMES",
    "SECRET_PATTERNS",
    "SECRET_SUFFIXES",
    "VENV_FOLDERS",
    "VENV_MARKER",
    "VERSION_CONTROL_FOLDERS",
]

VERSION_CONTROL_FOLDERS = frozenset({".git", ".hg", ".svn", ".bzr", ".jj", "_darcs", "CVS"})

CACHE_FOLDERS = frozenset(
    {
        "__pycache__",
        ".mypy_cache",
        ".pytest_cache",
        ".ruff_cache",
        ".hypothesis",
        ".ipynb_checkpoints",
        ".parcel-cache",
        ".sass-cache",
        ".turbo",
        ".cache",
        ".zig-cache",
        "zig-cache",
        ".stack-work",
        ".DS_Store",
    }
)
"""Nothing in them was written by a person: passed over without a word, as `.git` is."""

DEPENDENCY_FOLDERS = frozenset(
    {
        "node_modules",
        "bower_components",
        "__pypackages__",
        ".tox",
        ".nox",
        ".eggs",
        ".gradle",
        ".terraform",
        ".next",
        ".nuxt",
        ".svelte-kit",
        ".bundle",
        ".dart_tool",
        ".pnpm-store",
    }
)
"""Code of others, or built from what is here: left out, and listed as such."""

VENV_MARKER = "pyvenv.cfg"
VENV_FOLDERS = frozenset({"venv", ".venv", "env", ".env", "virtualenv"})
"""Pruned only when the marker file is inside: `env` is also an honest package name."""

_BINARY_GROUPS = (
    # pictures
    "png jpg jpeg gif bmp ico icns tif tiff webp avif heic psd eps xcf",
    # sound, film, fonts
    "mp3 wav ogg oga flac m4a aac mp4 m4v mov avi mkv webm wmv flv ttf otf woff woff2 eot",
    # archives and packages
    "zip gz tgz bz2 tbz2 xz txz zst lz4 7z rar tar jar war ear whl egg apk aab ipa dmg iso deb",
    "rpm msi cab nupkg crx xpi gem",
    # compiled code
    "pyc pyo pyd so dylib dll exe a o lib class dex wasm elf ko rlib rmeta pdb nib",
    # documents
    "pdf doc docx xls xlsx ppt pptx odt ods odp epub",
    # data, trained models, compiled messages
    "sqlite sqlite3 npy npz pkl pickle h5 hdf5 parquet feather arrow avro orc onnx pt pth ckpt",
    "safetensors tflite gguf joblib mo gmo swf blend fbx glb",
)
BINARY_SUFFIXES = frozenset(suffix for group in _BINARY_GROUPS for suffix in group.split())

MINIFIED_SUFFIXES = (".min.js", ".min.css", ".min.mjs", ".js.map", ".css.map", ".mjs.map", ".ts.map", ".bundle.js")

GENERATED_NAMES = frozenset(
    {
        "package-lock.json",
        "npm-shrinkwrap.json",
        "yarn.lock",
        "pnpm-lock.yaml",
        "bun.lock",
        "bun.lockb",
        "deno.lock",
        "poetry.lock",
        "pdm.lock",
        "uv.lock",
        "pipfile.lock",
        "conda-lock.yml",
        "cargo.lock",
        "go.sum",
        "go.work.sum",
        "gemfile.lock",
        "composer.lock",
        "mix.lock",
        "pubspec.lock",
        "podfile.lock",
        "package.resolved",
        "packages.lock.json",
        "gradle.lockfile",
        "stack.yaml.lock",
        "cabal.project.freeze",
        "flake.lock",
        ".terraform.lock.hcl",
        "gradlew",
        "gradlew.bat",
        "mvnw",
        "mvnw.cmd",
    }
)

GENERATED_SUFFIXES = (
    "_pb2.py",
    "_pb2.pyi",
    "_pb2_grpc.py",
    "_pb.js",
    "_pb.d.ts",
    "_grpc_pb.js",
    ".pb.go",
    ".pb.gw.go",
    ".pb.cc",
    ".pb.h",
    ".pb.swift",
    ".pb.dart",
    ".pbobjc.h",
    ".pbobjc.m",
    ".g.dart",
    ".freezed.dart",
    ".designer.cs",
    ".g.cs",
    ".g.i.cs",
)

EXAMPLE_SUFFIXES = (".example", ".sample", ".template", ".tmpl", ".tpl", ".dist", ".defaults", ".default")
"""`.env.example` shows which settings exist and holds no value worth hiding."""

SECRET_NAMES = frozenset(
    {
        ".env",
        ".netrc",
        "_netrc",
        ".pgpass",
        ".my.cnf",
        ".htpasswd",
        ".git-credentials",
        ".dockercfg",
        ".s3cfg",
        ".boto",
        "credentials",
        "credentials.json",
        "id_rsa",
        "id_dsa",
        "id_ecdsa",
        "id_ed25519",
        "terraform.tfstate",
        "terraform.tfstate.backup",
    }
)

SECRET_SUFFIXES = (".pem", ".key", ".p12", ".pfx", ".jks", ".keystore", ".kdbx", ".ppk", ".p8", ".keychain", ".tfstate")

SECRET_PATTERNS = (
    r"\.env\..+",
    r"(?:.+[._-])?service[-_]?account(?:[._-].+)?\.json",
    r"client[-_]secrets?(?:[._-].+)?\.json",
    r".+-firebase-adminsdk-.+\.json",
)
"""Whole lower-case names, tried after the exact ones."""
