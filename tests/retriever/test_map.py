"""The repository map: what is important, and what stands near a focus."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from collections.abc import Callable
from pathlib import Path

import pytest

import locant
from locant.errors import NotFoundError
from locant.types import RepoMap

MakeIndex = Callable[..., locant.Index]

SERVICE = {
    "app/retry.py": "class RetryPolicy:\n    def delay_for(self, attempt):\n        return backoff_time(attempt)\n\n\n"
    "def backoff_time(attempt):\n    return 2**attempt\n",
    "app/client.py": "from app.retry import RetryPolicy\n\n\ndef fetch_page(url):\n    RetryPolicy().delay_for(1)\n",
    "app/server.py": "from app.retry import RetryPolicy\n\n\ndef serve_all():\n    return RetryPolicy()\n",
    "app/colours.py": "def mix_paint():\n    return 'green'\n",
    "tests/test_retry.py": "from app.retry import RetryPolicy\n\n\ndef test_delay():\n    assert RetryPolicy()\n",
    "empty.py": "",
}


def shown(answer: RepoMap) -> list[str]:
    return [file.path for file in answer.files]


def test_what_everything_uses_stands_first_with_its_signatures(make_index: MakeIndex) -> None:
    answer = make_index(SERVICE).repo_map(max_tokens=200)
    assert shown(answer)[0] == "app/retry.py"
    assert "class RetryPolicy" in answer.text
    assert answer.total_files == len(SERVICE)


def test_code_stands_before_its_tests_although_they_are_equally_connected(make_index: MakeIndex) -> None:
    order = shown(make_index(SERVICE).repo_map(max_tokens=2_000))
    assert order.index("app/client.py") < order.index("tests/test_retry.py")


def test_a_small_budget_says_how_many_files_are_not_shown(make_index: MakeIndex) -> None:
    answer = make_index(SERVICE).repo_map(max_tokens=25)
    missing = answer.total_files - len(answer.files)
    assert missing > 0
    assert answer.text.endswith(f"and {missing} more file{'s' if missing > 1 else ''}")


def test_a_focus_brings_forward_what_a_text_is_about(make_index: MakeIndex) -> None:
    index = make_index(SERVICE)
    assert shown(index.repo_map(focus="mixing paint gives the wrong colour: mix_paint", max_tokens=60))[0] == (
        "app/colours.py"
    )
    assert shown(index.repo_map(max_tokens=60))[0] != "app/colours.py"


def test_around_files_that_are_open_stands_what_they_use_and_not_they_themselves(make_index: MakeIndex) -> None:
    answer = make_index(SERVICE).repo_map(files=("app/client.py",), max_tokens=2_000)
    assert shown(answer)[0] == "app/retry.py"
    assert "app/client.py" not in shown(answer)
    with pytest.raises(NotFoundError, match="client"):
        make_index(SERVICE).repo_map(files=("app/clinet.py",))


def test_an_edit_is_in_the_next_map(make_index: MakeIndex, tmp_path: Path) -> None:
    index = make_index(SERVICE)
    assert "urgent_work" not in index.repo_map(max_tokens=2_000).text
    (tmp_path / "tree" / "app" / "colours.py").write_text("def urgent_work():\n    return mix()\n")
    assert "urgent_work" in index.repo_map(max_tokens=2_000).text


def test_a_map_is_the_same_each_time_and_from_any_process(make_index: MakeIndex, tmp_path: Path) -> None:
    first = make_index(SERVICE).repo_map(max_tokens=150)
    with locant.open(tmp_path / "tree", cache_dir=tmp_path / "cache", workers=1) as other:
        assert other.repo_map(max_tokens=150).text == first.text


def test_one_plain_word_that_a_library_has_too_does_not_make_a_file_important(make_index: MakeIndex) -> None:
    users = {f"user{i}.py": f"def work_{i}(rows):\n    rows.append({i})\n    important_step(rows)\n" for i in range(8)}
    index = make_index(
        {**users, "lists.py": "def append(row):\n    pass\n", "step.py": "def important_step(rows):\n    pass\n"}
    )
    order = shown(index.repo_map(max_tokens=2_000))
    assert order.index("step.py") < order.index("lists.py")


def test_a_repository_without_files_has_an_empty_map(make_index: MakeIndex) -> None:
    answer = make_index({"only.bin": b"\x00\x01"}).repo_map()
    assert (answer.text, answer.files, answer.total_files) == ("", (), 0)


def test_the_picture_is_xml_that_names_folders_files_and_hits(make_index: MakeIndex) -> None:
    index = make_index({**SERVICE, "odd/<b>&\"name'.py": "def odd_one():\n    pass\n"})
    picture = index.map_picture(files=("app/client.py",))
    told = [element.text or "" for element in ET.fromstring(picture).iter() if element.tag.endswith("title")]
    assert {"app/retry.py", "odd/<b>&\"name'.py"} <= {line.split("\n")[0] for line in told}
    hits = re.findall(r'<rect class="hit"[^>]*><title>([^\n<]+)', picture)
    assert set(hits) == {"app/client.py"}


def test_the_picture_needs_nothing_from_elsewhere_and_runs_nothing(make_index: MakeIndex) -> None:
    picture = make_index({"x/<script>alert(1)<": "words\n", **SERVICE}).map_picture()
    assert "<script" not in picture
    assert re.findall(r"""(?:href|src|url)\s*[=(]""", picture) == []
    assert [found for found in re.findall(r"https?://[^\s\"]+", picture) if "w3.org" not in found] == []


def test_areas_of_the_picture_lie_inside_it_and_the_files_of_a_folder_do_not_overlap(make_index: MakeIndex) -> None:
    many = {f"pkg/m{i}.py": f"def function_{i}():\n    return function_{i // 2}()\n" for i in range(60)}
    root = ET.fromstring(make_index(many).map_picture())
    for drawing in (element for element in root if element.get("viewBox")):
        _, _, width, height = map(float, (drawing.get("viewBox") or "").split())
        boxes = [
            tuple(float(element.get(name) or 0) for name in ("x", "y", "width", "height"))
            for element in drawing
            if element.get("class") in ("file", "rest")
        ]
        assert boxes
        for x, y, w, h in boxes:
            assert 0 <= x <= x + w <= width + 0.2
            assert 0 <= y <= y + h <= height + 0.2
        assert sum(w * h for _, _, w, h in boxes) <= width * height
