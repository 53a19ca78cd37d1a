"""Documents and data: sections, rules, tables and keys, and the laws that all chunks obey."""

from __future__ import annotations

import sysconfig
from pathlib import Path
from textwrap import dedent

import pytest
from hypothesis import given
from hypothesis import strategies as st

from locant.indexer.syntax.documents import DOCUMENT_LANGUAGES, MAX_CHUNK_BYTES, line_chunks, parse_document
from locant.indexer.syntax.records import ChunkSpan, ParsedFile

LANGUAGES = sorted(DOCUMENT_LANGUAGES)


def parse(language: str, text: str) -> ParsedFile:
    parsed = parse_document("file", dedent(text).encode(), language)
    check_laws(dedent(text).encode(), parsed)
    return parsed


def names(parsed: ParsedFile) -> list[tuple[str, str]]:
    return [(definition.kind, definition.qualified_name) for definition in parsed.definitions]


def spans(parsed: ParsedFile) -> dict[str, tuple[int, int]]:
    return {found.qualified_name: (found.start_line, found.end_line) for found in parsed.definitions}


def links(parsed: ParsedFile) -> list[tuple[str, int]]:
    return [(found.module, found.line) for found in parsed.imports]


def check_laws(source: bytes, parsed: ParsedFile) -> None:
    check_chunks(source, parsed.chunks)
    for chunk in parsed.chunks:
        assert -1 <= chunk.definition < len(parsed.definitions)
    lines = source.split(b"\n")
    before = 0
    for index, definition in enumerate(parsed.definitions):
        assert before <= definition.start_byte <= definition.end_byte <= len(source)
        assert 1 <= definition.start_line <= definition.end_line <= len(lines)
        assert definition.start_line == source.count(b"\n", 0, definition.start_byte) + 1
        assert -1 <= definition.parent < index
        assert definition.name
        if definition.parent >= 0:
            parent = parsed.definitions[definition.parent]
            assert parent.start_byte <= definition.start_byte
            assert definition.end_byte <= parent.end_byte
        before = definition.start_byte


def check_chunks(source: bytes, chunks: tuple[ChunkSpan, ...]) -> None:
    covered: set[int] = set()
    byte, line = 0, 0
    for chunk in chunks:
        assert byte <= chunk.start_byte < chunk.end_byte <= len(source)
        assert chunk.end_byte - chunk.start_byte <= MAX_CHUNK_BYTES
        split_line = chunk.start_line == chunk.end_line == line
        assert chunk.start_line > line or split_line
        byte, line = chunk.end_byte, chunk.end_line
        covered.update(range(chunk.start_line, chunk.end_line + 1))
    filled = {number for number, text in enumerate(source.split(b"\n"), 1) if text.strip()}
    assert filled <= covered


# Laws


# What the scanners react to, by language: Markdown and rst, HTML, brackets and comments, CSS, SQL, keys, odd bytes.
FRAGMENTS = [
    *("# a", "## b\n", "===\n", "---\n", "```\n", "~~~", "](x.md)", ".. ", "a\n", "    ", "\n", "\n\n\n"),
    *("<!--", "-->", "<h1>", "</h1>", "<h2>t</h2>\n", "<script>", "</script>", "<style>x\n", "<div id=q>"),
    *("{", "}", "[", "]", ":", ",", ";", '"', "'", "\\", "/*", "*/", "//", "--"),
    *(".a {", "@media x {", "$v: 1;", "@import 'y';", "#{$i}", "url("),
    *("CREATE TABLE t (x);", "create function f() begin\n", "end;", "GO\n", "$$", "$x$"),
    *("a: b\n", "  c: d\n", "- e\n", "[t]\n", "k = 1\n", '"""', "\t", "é", "漢", "\r\n", "\0"),
]
fragments = st.sampled_from(FRAGMENTS)
sources = st.one_of(
    st.binary(max_size=400),
    st.lists(fragments, max_size=80).map(lambda parts: "".join(parts).encode()),
    st.lists(fragments, max_size=40).map(lambda parts: ("".join(parts) * 200).encode()),
)


@pytest.mark.parametrize("language", LANGUAGES)
def test_any_text_gives_chunks_in_order_that_cover_it(language: str) -> None:
    @given(sources)
    def law(source: bytes) -> None:
        check_laws(source, parse_document("file", source, language))

    law()


REAL_SUFFIXES = {
    ".md": "markdown",
    ".rst": "rst",
    ".html": "html",
    ".css": "css",
    ".json": "json",
    ".toml": "toml",
    ".yml": "yaml",
    ".yaml": "yaml",
    ".txt": "text",
    ".py": "unknown",
}


def test_the_laws_hold_for_installed_files() -> None:
    folder = Path(sysconfig.get_path("purelib"))
    for suffix, language in REAL_SUFFIXES.items():
        files = [file for file in sorted(folder.rglob(f"*{suffix}")) if file.stat().st_size < 500_000]
        for file in files[:: max(1, len(files) // 25)]:
            source = file.read_bytes()
            check_laws(source, parse_document(file.name, source, language))


MEGABYTE = 1_000_000
HOSTILE = {
    "one line": b"x" * MEGABYTE,
    "one line of words": b"word " * (MEGABYTE // 5),
    "one line of broken UTF-8": b"\x80" * MEGABYTE,
    "hashes": b"#\n" * 100_000,
    "headings": b"# a\n" * 20_000,
    "underlines": b"a\n=\n" * 15_000,
    "open comments": b"/*<!--" * 100_000,
    "closed comments": b"a/**/" * 50_000,
    "open quotes": b'"' + b'\\"' * 200_000,
    "open tags": b"<a " * 200_000,
    "braces": b"{" * 100_000,
    "objects": b'{"a":' * 100_000,
    "brackets": b"[" * 200_000,
    "links": b"](" * 200_000,
    "dollar quotes": b"$a$ $b$" * 50_000,
    "begins": b"create function f() begin\n" * 20_000,
    "growing indent": b"".join(b" " * depth + b"a:\n" for depth in range(900)),
    "blank lines": b"\n" * 60_000,
}


@pytest.mark.parametrize("case", HOSTILE)
def test_hostile_input_costs_no_more_than_its_size_and_keeps_the_laws(case: str) -> None:
    """What grows faster than linear does not end here in the time that a whole test run may take."""
    source = HOSTILE[case]
    for language in LANGUAGES:
        parsed = parse_document("file", source, language)
        check_chunks(source, parsed.chunks)
        assert len(parsed.definitions) <= 2_000


# Chunks of lines


def test_a_short_text_is_one_chunk_without_its_blank_ends() -> None:
    assert line_chunks(b"\n\n  a\nb\n\n") == (ChunkSpan(3, 4, 2, 8, -1, "lines"),)


def test_an_empty_or_blank_text_has_no_chunks() -> None:
    assert line_chunks(b"") == line_chunks(b" \n\t\r\n ") == ()


def test_a_cut_falls_before_the_least_indented_line() -> None:
    block = b"def f():\n" + b"    pass\n" * 35
    assert [chunk.start_line for chunk in line_chunks(block * 3)] == [1, 37, 73]


def test_a_cut_among_equal_lines_falls_after_a_blank_one() -> None:
    block = b"words\n" * 34 + b"\n"
    assert [chunk.start_line for chunk in line_chunks(block * 3)] == [1, 36, 71]


def test_a_long_line_is_split_between_words_and_shares_its_number() -> None:
    source = b"first\n" + b"sentence " * 6_000 + b"\nlast\n"
    chunks = line_chunks(source)
    assert [(chunk.start_line, chunk.end_line) for chunk in chunks] == [(1, 1), *[(2, 2)] * 4, (3, 3)]
    assert all(source[chunk.start_byte : chunk.end_byte].startswith(b"sentence") for chunk in chunks[1:5])


def test_a_long_line_is_not_split_within_a_character() -> None:
    source = "漢".encode() * 20_000
    assert "".join(source[chunk.start_byte : chunk.end_byte].decode() for chunk in line_chunks(source)) == "漢" * 20_000


def test_a_language_without_a_scanner_says_why_it_has_only_lines() -> None:
    parsed = parse_document("a.cob", b"MOVE A TO B.\n", "cobol")
    assert [chunk.kind for chunk in parsed.chunks] == ["lines"]
    assert "cobol" in parsed.note
    assert parse_document("a.txt", b"words\n", "text").note == ""


# Markdown and reStructuredText


def test_markdown_headings_nest_and_reach_to_the_next_of_their_level() -> None:
    parsed = parse(
        "markdown",
        """\
        ---
        title: front matter
        ---
        # Guide ##
        Intro.
        ## Install `locant`
        ```sh
        # not a heading
        ```
        ### On *Linux* {#linux}
        Use [a tool](tool.md).

        Usage
        -----
        Run.

        License
        =======
        """,
    )
    assert spans(parsed) == {
        "Guide": (4, 16),
        "Guide > Install locant": (6, 12),
        "Guide > Install locant > On Linux": (10, 12),
        "Guide > Usage": (13, 16),
        "License": (17, 18),
    }
    assert [(chunk.start_line, chunk.end_line, chunk.definition) for chunk in parsed.chunks] == [
        (1, 3, -1),
        (4, 5, 0),
        (6, 9, 1),
        (10, 11, 2),
        (13, 15, 3),
        (17, 18, 4),
    ]


@pytest.mark.parametrize(
    "text",
    [
        "    # indented code\n",
        "#no space\n",
        "~~~~\n# x\n~~~\n# y\n~~~~\n",
        "<!--\n# hidden\n-->\n",
        "<pre>\n# hidden\n</pre>\n",
        "- item\n---\n",
        "> quote\n---\n",
        "| a |\n---\n",
        "text\n\n---\n",
        "* * *\n---\n",
    ],
)
def test_what_only_looks_like_a_markdown_heading_is_none(text: str) -> None:
    assert names(parse("markdown", "Words.\n\n" + text)) == []


def test_an_html_heading_on_one_line_is_a_markdown_heading() -> None:
    parsed = parse("markdown", '<h1 align="center">The <b>tool</b></h1>\n\n## Use\n')
    assert names(parsed) == [("section", "The tool"), ("section", "The tool > Use")]


def test_markdown_links_to_files_are_imports() -> None:
    parsed = parse(
        "markdown",
        """\
        See [here](docs/a.md#part), [there](https://x.org/b.md), [top](#top) and ![logo](<img/l.png>).
        [ref]: ../src/main.py "title"
        ```
        [not](code.md)
        ```
        """,
    )
    assert links(parsed) == [("docs/a.md", 1), ("img/l.png", 1), ("../src/main.py", 2)]


def test_a_long_section_is_split_into_chunks_of_the_same_definition() -> None:
    parsed = parse("markdown", "# Long\n" + "A line of text.\n\n" * 100)
    assert len(parsed.chunks) > 3
    assert {(chunk.definition, chunk.kind) for chunk in parsed.chunks} == {(0, "section")}


def test_rst_levels_follow_the_order_of_their_styles() -> None:
    parsed = parse(
        "rst",
        """\
        .. _start:

        =======
         Title
        =======

        Part ``one``
        ============

        Text::

            Not a title
            -----------

        Detail
        ------

        Part two
        ========
        A paragraph of
        two lines
        .........
        """,
    )
    assert spans(parsed) == {
        "Title": (3, 22),
        "Title > Part one": (7, 17),
        "Title > Part one > Detail": (15, 17),
        "Title > Part two": (18, 22),
    }


def test_rst_links_are_imports() -> None:
    parsed = parse(
        "rst",
        """\
        .. toctree::
           :maxdepth: 2

           intro
           The API <api/index>

        .. include:: ../CHANGES.rst
        .. automodule:: package.module
        See :doc:`other` and `this <sub/page.html>`_, `that <https://x.org>`_.
        """,
    )
    assert links(parsed) == [
        ("intro", 4),
        ("api/index", 5),
        ("../CHANGES.rst", 7),
        ("package.module", 8),
        ("other", 9),
        ("sub/page.html", 9),
    ]


# HTML and CSS


def test_html_has_sections_ids_scripts_and_links() -> None:
    parsed = parse(
        "html",
        """\
        <html><head><link rel="stylesheet" href="css/site.css">
        <script src="app.js"></script></head>
        <!-- <h1>hidden</h1> -->
        <h1 class="x">Books &amp; <i>more</i></h1>
        <div class="y" id="results">
        <h2>Found</h2>
        <a href="https://x.org/">out</a> <a href="{{ url }}">template</a>
        </div>
        <script>
        if (a < b) { document.write("<h2>no</h2>") }
        </script>
        """,
    )
    assert names(parsed) == [
        ("section", "Books & more"),
        ("element", "Books & more > results"),
        ("section", "Books & more > Found"),
        ("section", "Books & more > Found > script"),
    ]
    assert links(parsed) == [("css/site.css", 1), ("app.js", 2)]


def test_css_rules_nest_and_short_ones_share_a_chunk() -> None:
    parsed = parse(
        "css",
        """\
        @import url("base.css");
        /* } */
        .menu a:hover,
        .menu b { background: url(data:image/png;base64,}x); content: "}" }
        @media print {
          .menu { display: none }
        }
        @keyframes spin { from { top: 0 } 50% { top: 1px } }
        :root { --gap: 4px; }
        """,
    )
    assert names(parsed) == [
        ("rule", ".menu a:hover, .menu b"),
        ("rule", "@media print"),
        ("rule", "@media print > .menu"),
        ("rule", "@keyframes spin"),
        ("rule", ":root"),
        ("variable", ":root > --gap"),
    ]
    assert links(parsed) == [("base.css", 1)]
    assert len(parsed.chunks) == 1


def test_scss_has_mixins_variables_and_line_comments() -> None:
    parsed = parse(
        "scss",
        """\
        @use 'tools';
        $gap: 4px; // it's a gap {
        @mixin wide($by) { width: $by; }
        .a-#{$gap} { &:hover { top: 0 } }
        """,
    )
    assert names(parsed) == [
        ("variable", "$gap"),
        ("function", "wide"),
        ("rule", ".a-#{$gap}"),
        ("rule", ".a-#{$gap} > &:hover"),
    ]
    assert links(parsed) == [("tools", 1)]


# SQL


def test_sql_definitions_end_with_their_statement() -> None:
    parsed = parse(
        "sql",
        """\
        -- CREATE TABLE hidden (a int);
        CREATE TABLE IF NOT EXISTS "shop".orders (
            note text DEFAULT 'a;b', -- ;
            total int
        );
        create or replace view totals as select 1;
        CREATE UNIQUE INDEX CONCURRENTLY by_total ON orders (total);
        CREATE FUNCTION add(a int) RETURNS int AS $body$
        BEGIN
          RETURN a + 1;
        END;
        $body$ LANGUAGE plpgsql;
        CREATE TRIGGER audit AFTER INSERT ON orders EXECUTE FUNCTION log();
        """,
    )
    assert [(found.kind, *spans(parsed)[found.qualified_name]) for found in parsed.definitions] == [
        ("table", 2, 5),
        ("view", 6, 6),
        ("index", 7, 7),
        ("function", 8, 12),
        ("trigger", 13, 13),
    ]
    assert parsed.definitions[0].qualified_name == "shop.orders"
    assert parsed.definitions[0].name == "orders"


def test_a_routine_reaches_to_its_own_end() -> None:
    parsed = parse(
        "sql",
        """\
        DELIMITER //
        CREATE PROCEDURE `fill`(n INT)
        BEGIN
          IF n > 0 THEN
            INSERT INTO t VALUES (CASE WHEN n = 1 THEN 2 ELSE 3 END);
          END IF;
          CREATE TABLE inner_one (a int);
        END //
        DELIMITER ;
        CREATE PROC [dbo].[clean] AS
          BEGIN TRANSACTION
          DELETE FROM t
        GO
        CREATE TABLE last (a int);
        """,
    )
    assert spans(parsed)["dbo.clean"] == (10, 12)
    assert spans(parsed)["last"] == (14, 14)
    assert spans(parsed)["fill"] == (2, 9)
    assert "inner_one" not in spans(parsed)


# Keys


PACKAGE = """\
{
  // comments are common
  "name": "x",
  "scripts": {
    "build": "tsc -p . && echo \\"done, {\\"",
    "test": "jest"
  },
  "deep": {"one": {"two": 2}, "list": [{"three": 3}]}
}
"""


def test_json_keys_of_two_levels_are_definitions() -> None:
    parsed = parse("json", PACKAGE)
    assert spans(parsed) == {
        "name": (3, 3),
        "scripts": (4, 7),
        "scripts.build": (5, 5),
        "scripts.test": (6, 6),
        "deep": (8, 8),
        "deep.one": (8, 8),
        "deep.list": (8, 8),
    }
    assert parsed.definitions[3].signature == '"test": "jest"'
    assert parsed.note == ""


def test_json_with_brackets_that_do_not_match_says_so() -> None:
    assert "brackets" in parse("json", '{"a": [1, 2').note


def test_yaml_keys_of_two_levels_are_definitions() -> None:
    parsed = parse(
        "yaml",
        """\
        # leading
        on:
          push: {}
          "pull request":
            branches: [main]
        run: |
          key: not a key
        steps:
        - name: one
          uses: two
        ---
        url: http://x.org/a:b
        """,
    )
    assert spans(parsed) == {
        "on": (2, 5),
        "on.push": (3, 3),
        "on.pull request": (4, 5),
        "run": (6, 7),
        "steps": (8, 10),
        "url": (12, 12),
    }


def test_toml_tables_and_their_keys_are_definitions() -> None:
    parsed = parse(
        "toml",
        '''\
        title = "x"

        [tool.lint]
        select = [
          "a = b",
          ["c"]
        ]
        text = """
        [not.a.table]
        key = 1
        """
        # about the next
        [[entries]]
        name = "y"
        ''',
    )
    assert spans(parsed) == {
        "title": (1, 1),
        "tool.lint": (3, 11),
        "tool.lint.select": (4, 7),
        "tool.lint.text": (8, 11),
        "entries": (13, 14),
        "entries.name": (14, 14),
    }


def test_a_comment_above_a_key_is_in_the_chunk_of_the_key() -> None:
    filler = "".join(f"  key{number}: {number}\n" for number in range(38))
    parsed = parse("yaml", f"first:\n{filler}# about second\n# and more\nsecond: 1\n" + "  x: 1\n" * 5)
    assert [chunk.start_line for chunk in parsed.chunks] == [1, 40]


def test_a_large_value_is_split_and_a_file_of_small_keys_is_packed() -> None:
    large = parse("yaml", "data:\n" + "".join(f"  - {number}\n" for number in range(200)))
    small = parse("yaml", "".join(f"key{number}: 1\n" for number in range(40)))
    assert len(large.chunks) > 2
    assert {chunk.definition for chunk in large.chunks} == {0}
    assert len(small.chunks) == 1
