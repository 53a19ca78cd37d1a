"""Issues taken apart: title, prose, code, noise, names and paths."""

from __future__ import annotations

import pytest

from locant.retriever.query.analyse import analyse

TEMPLATE = """\
[BUG] `Session.get` ignores proxies
<!-- Thank you for reporting! -->
### Search before asking

- [x] I have searched existing issues
- [ ] I am willing to help

### Describe the bug

When `trust_env` is off, HTTPAdapter still reads NO_PROXY :tada: 🎉. See [the docs](https://example.org/a/b.html) and
https://github.com/acme/http/blob/main/src/http/sessions.py#L42-L50 for where it happens.

> did you try `merge_environment_settings(url)`?

### Steps to reproduce

```python
import http_client as hc
from http_client.adapters import HTTPAdapter

# the loop below never ends
session = hc.Session(trust_env=False)
session.mount("https://", HTTPAdapter())
```

### Environment

- OS: Ubuntu 20.04
- Python: 3.9.2

```
numpy==1.21.0
requests==2.31.0
urllib3==1.26.5
idna==3.4
```
"""


def names(text: str) -> dict[str, float]:
    return {mention.text: mention.weight for mention in analyse(text).mentions}


def find_modules_of(text: str) -> tuple[str, ...]:
    return analyse(text).modules


def test_a_filled_in_template_is_taken_apart() -> None:
    query = analyse(TEMPLATE)
    assert query.shape == "issue"
    assert query.title == "Session.get ignores proxies"
    assert query.language_hint == "python"
    assert query.prose.startswith("When trust_env is off, HTTPAdapter still reads NO_PROXY .")
    assert "did you try" in query.prose
    assert not any(word in query.body for word in ("Thank you", "searched", "willing", "Ubuntu", "urllib3", "Steps"))
    assert any("urllib3==1.26.5" in noise for noise in query.noise)
    assert any("session.mount" in code for code in query.code)
    assert "trust_env" in query.code


def test_names_are_weighted_by_how_they_are_marked() -> None:
    found = names(TEMPLATE)
    assert found["get"] > found["trust_env"] > found["HTTPAdapter"] > found["session"]
    assert "Thank" not in found
    assert "urllib3" not in found


def test_owners_modules_and_links_are_found() -> None:
    query = analyse(TEMPLATE)
    assert "Session.get" in query.dotted
    assert ("Session", "get") in query.pairs
    assert {"http_client", "http_client.adapters"} <= set(query.imports)
    assert find_modules_of("it is `np.max` and `numpy.linalg.norm`") == ("numpy.linalg.norm",)
    assert query.paths == ("src/http/sessions.py",)
    assert query.path_lines == (("src/http/sessions.py", 42),)


def test_answers_under_a_heading_that_asks_for_the_machine_are_noise() -> None:
    query = analyse("Slow\n### Operating System & Version\nsome old laptop\n### What now\nthe cache is cold")
    assert "some old laptop" in query.noise[0]
    assert "laptop" not in query.body
    assert "cold" in query.prose


def test_an_error_under_a_heading_that_asks_for_the_machine_is_kept() -> None:
    assert "ValueError: bad" in analyse("Slow\n### Environment\nlaptop\nValueError: bad").errors


def test_source_lines_and_output_around_a_trace_are_not_example_code() -> None:
    query = analyse(
        'Fails\n```\nstart_job(1)\nTraceback (most recent call last):\n  File "a/b.py", line 2, in run_job\n'
        "    inner_step(x)\nLookupError: gone\nshutting_down now\n```\nafter"
    )
    assert query.code == ("start_job(1)",)
    assert "inner_step(x)" in query.traces[0]
    assert query.errors == ("LookupError: gone",)


def test_source_lines_of_a_trace_without_a_fence_are_not_prose() -> None:
    query = analyse('Fails\nTraceback (most recent call last):\n  File "a/b.py", line 2, in f\n   inner(x)\nDone')
    assert query.prose == "Done"


def test_folders_of_a_marked_path_are_not_names() -> None:
    assert names("look at `src/data_model/user_row.py`") == {}


@pytest.mark.parametrize(
    ("first", "title"),
    [
        ("# Crash on start", "Crash on start"),
        ("Title: Crash on start", "Crash on start"),
        ("Bug: Crash on start", "Crash on start"),
        ("[Feature Request]: Crash on start", "Crash on start"),
        ("fix(parser)!: keep comments", "parser: keep comments"),
        ("Use `None` for [limit](https://a.b/c)", "Use None for limit"),
        ("### Describe the bug", ""),
    ],
)
def test_the_title_is_the_first_line_without_marks(first: str, title: str) -> None:
    assert analyse(f"{first}\nIt happens every time.").title == title


def test_a_body_without_line_breaks_has_a_short_title_and_loses_nothing() -> None:
    query = analyse("word " * 200 + "end")
    assert len(query.title) <= 250
    assert query.prose.endswith("end")


@pytest.mark.parametrize(
    "word", ["e.g.", "file(s)", "works.But", "example.com", "GitHub", "v1.2.3", "_emphasis_", "Node.js", "12.5", "URLs"]
)
def test_ordinary_words_are_not_mentions(word: str) -> None:
    query = analyse(f"please look at {word} here")
    assert (query.mentions, query.dotted) == ((), ())


@pytest.mark.parametrize(
    "name", ["getUser", "get_user", "HTTPServer", "MAX_SIZE", "_private", "__init__", "cKDTree", "np_array"]
)
def test_identifiers_in_prose_are_mentions(name: str) -> None:
    assert name in names(f"please look at {name} here")


def test_a_called_word_and_a_marked_word_are_mentions() -> None:
    assert {"split", "limit"} <= names("calling split() breaks `limit` here").keys()


def test_self_is_not_an_owner() -> None:
    query = analyse("look at `self._socket.recv(n)`")
    assert query.dotted == ("_socket.recv",)
    assert "self" not in names(query.text)


@pytest.mark.parametrize(
    ("text", "dotted"),
    [
        ("in pkg.mod.Class.method it", "pkg.mod.Class.method"),
        ("in Foo::bar it", "Foo::bar"),
        ("in Foo#bar it", "Foo#bar"),
        ("in `obj->run()` it", "obj->run"),
        ("in `App\\Models\\User` it", "App\\Models\\User"),
    ],
)
def test_names_with_separators_are_kept_whole(text: str, dotted: str) -> None:
    assert dotted in analyse(text).dotted


@pytest.mark.parametrize(
    ("text", "path", "line"),
    [
        ("see src/app/main.py please", "src/app/main.py", None),
        ("see `lib/x.rb:12`.", "lib/x.rb", 12),
        ("see ./pkg/sub/mod.go:9:3", "pkg/sub/mod.go", 9),
        ("see C:\\Users\\me\\proj\\app.cs:33", "Users/me/proj/app.cs", 33),
        ('see "my dir/with space/a.ts"', "my dir/with space/a.ts", None),
        ("see app/[id]/page.tsx", "app/[id]/page.tsx", None),
        ("https://gitlab.com/o/r/-/blob/v1.0/a/b.c#L7", "a/b.c", 7),
        ("https://raw.githubusercontent.com/o/r/main/a/b.h", "a/b.h", None),
        ("/usr/lib/python3/site-packages/acme/io.py fails", "acme/io.py", None),
        ("in ../node_modules/acme/lib/i.js it", "acme/lib/i.js", None),
        ("--- a/src/x.c\n+++ b/src/x.c\n@@ -1 +1 @@\n-old\n+new", "src/x.c", None),
    ],
)
def test_paths_are_found_with_their_lines(text: str, path: str, line: int | None) -> None:
    query = analyse(text)
    assert path in query.paths
    if line is not None:
        assert (path, line) in query.path_lines


def test_bare_file_names_are_found_and_calls_are_not() -> None:
    query = analyse("setup.cfg and Makefile are read, response.json() is not, nor self.c or 3.py")
    assert query.file_names == ("setup.cfg", "Makefile")


def test_an_address_is_no_term_unless_it_names_a_file_of_a_repository() -> None:
    query = analyse("Broken link\nhttps://login.example.com/some_user/long_path/index_page fails here")
    assert "example" not in query.prose
    assert query.mentions == ()
    assert query.paths == ()


def test_the_marks_of_a_diff_are_taken_off() -> None:
    query = analyse(
        "Patch\n```diff\n--- a/x.py\n+++ b/x.py\n@@ -1,2 +1,2 @@\n-old_name(1)\n+new_name(1)\n```\nthanks @ann"
    )
    assert "\nnew_name(1)" in query.code[0]
    assert "thanks" in query.prose
    assert analyse("P\n```diff\n-a\n+b\n```\n- first item\n- second item").prose == "- first item\n- second item"


def test_blobs_addresses_and_times_of_logs_are_dropped() -> None:
    blob = "QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVo0NTY3ODkw" * 8
    query = analyse(
        f"Broken\nimage {blob} at 0x7f3a2b4c5d6e on 2024-01-02 10:11:12,345 in da39a3ee5e6b4b0d3255bfef95601890"
    )
    assert query.prose == "image at on in"


def test_a_list_of_packages_is_noise_and_a_list_of_settings_is_not() -> None:
    packages = "Fails\n\npandas   1.5.3\nnumpy    1.24.0\npytz     2022.7\ndateutil 2.8.2\n"
    assert "pandas" not in analyse(packages).body
    assert "retries" in analyse("Fails\n\nretries are three\ntimeout is long\nlimit is high\nmode is fast").body


def test_the_output_of_a_version_command_is_noise_as_a_whole() -> None:
    output = "Version:         3.1.4\nPython version:  3.11.7\nGit commit:      fb919c6\nBuilt:           Mon"
    assert analyse(f"Fails\n```\n{output}\n```\n").code == ()
    assert analyse("Fails\n```\nrun(version)\n```\n").code == ("run(version)",)


def test_repeated_lines_of_a_log_count_twice_at_most() -> None:
    line = "WARNING worker lost its connection to the broker"
    assert analyse("Noise\n" + f"{line}\n" * 50).body.count(line) == 2


def test_other_scripts_are_kept_and_names_in_them_are_found() -> None:
    query = analyse("调用get_user时出错")
    assert "get_user" in names(query.text)
    assert "调用" in query.title
    assert analyse("ошибка при разборе файла").title == "ошибка при разборе файла"


@pytest.mark.parametrize("text", ["", " ", "\n\t\r\n", "\0\0"])
def test_empty_text_is_blank(text: str) -> None:
    query = analyse(text)
    assert query.is_blank
    assert (query.shape, query.mentions, query.title) == ("question", (), "")


def test_windows_line_ends_change_nothing() -> None:
    unix, windows = analyse(TEMPLATE), analyse(TEMPLATE.replace("\n", "\r\n"))
    assert (unix.body, unix.mentions, unix.paths) == (windows.body, windows.mentions, windows.paths)


def test_a_huge_text_is_read_at_both_ends_and_says_so() -> None:
    query = analyse("First words\n" + "filler line with words\n" * 60_000 + "ValueError: the end")
    assert "characters" in query.note
    assert query.title == "First words"
    assert query.errors == ("ValueError: the end",)
    assert analyse("short").note == ""


def test_code_shown_without_fences_is_code() -> None:
    query = analyse("Fails for me\n\n    client = make_client()\n    client.send_all()\n\nSo it does.")
    assert query.prose == "So it does."
    assert "send_all" in names(query.text)
    assert analyse("Fails\n>>> run_it(3)\nfour").code == (">>> run_it(3)",)
