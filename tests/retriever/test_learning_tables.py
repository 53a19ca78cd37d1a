"""Feature tables hold the likeliest candidates, each feature means the same everywhere, and neighbours are heard."""

from __future__ import annotations

import subprocess
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pytest

import locant
from locant.indexer.snapshot import Snapshot
from locant.indexer.store.folder import TreeStore
from locant.indexer.walk.repository import repository_identity
from locant.retriever.bm25 import Lexicon
from locant.retriever.context import Context, read_query
from locant.retriever.filters import Filters
from locant.retriever.first_stage import FirstStage, first_stage, tables_of
from locant.retriever.fusion import FILE_WEIGHTS, FUNCTION_WEIGHTS, WeightedSum
from locant.retriever.learning.tables import Table, Tables

CODE = Filters(areas=("code",))


def read(root: Path, cache: Path, text: str, filters: Filters | None = CODE) -> tuple[Snapshot, FirstStage, Tables]:
    with locant.open(root, cache_dir=cache, workers=1) as index:
        index.update()
    opened = TreeStore(root, cache, repository_identity).open()
    assert opened is not None
    snapshot = Snapshot(opened)
    context = Context(snapshot, Lexicon(snapshot), read_query(snapshot, text, "auto"))
    stage = first_stage(context, WeightedSum(FILE_WEIGHTS), WeightedSum(FUNCTION_WEIGHTS), filters, every_signal=True)
    return snapshot, stage, tables_of(context, stage, filters)


def column(table: Table, name: str) -> list[float]:
    return [float(value) for value in table.values[:, table.names.index(name)]]


def write(root: Path, files: Mapping[str, str]) -> Path:
    for path, text in files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text)
    return root


def commit(root: Path, message: str) -> None:
    who = ["-c", "user.name=n", "-c", "user.email=n@example.org", "-c", "commit.gpgsign=false"]
    for command in (["init", "-q"], ["add", "-A"], [*who, "commit", "-q", "-m", message]):
        subprocess.run(["git", *command], cwd=root, check=True, capture_output=True)


ISSUE = "Expired voucher is accepted\n\n`PriceEngine` should raise VoucherExpired, see shop/pricing/engine.py"


@pytest.fixture(scope="module")
def answer(shop_root: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Snapshot, FirstStage, Tables]:
    return read(shop_root, tmp_path_factory.mktemp("cache"), ISSUE)


def test_candidates_are_the_best_of_the_plain_fusion_best_first(answer: tuple[Snapshot, FirstStage, Tables]) -> None:
    _, stage, tables = answer
    for table, fused in ((tables.files, stage.files), (tables.functions, stage.functions)):
        scores = np.round(fused[table.rows], 9)
        assert len(table.rows) == int((np.round(fused, 9) > 0).sum())  # a small tree: everything that scores
        assert (np.diff(scores) <= 0).all()
        assert column(table, "rank_fused")[0] == pytest.approx(1 / 5)


def test_every_value_is_a_number_and_shares_are_between_none_and_all(
    answer: tuple[Snapshot, FirstStage, Tables],
) -> None:
    tables = answer[2]
    shares = ("fused", "bm25", "title", "stem_title", "title_in_path", "text", "name_title", "within_file")
    for table in (tables.files, tables.functions):
        assert table.values.shape == (len(table.rows), len(table.names))
        assert np.isfinite(table.values).all()
        for name in set(shares) & set(table.names):
            assert 0 <= min(column(table, name)) <= max(column(table, name)) <= 1 + 1e-6


def test_a_filter_leaves_no_candidate_that_may_not_be_answered(answer: tuple[Snapshot, FirstStage, Tables]) -> None:
    snapshot, _, tables = answer
    assert len(tables.files.rows) > 0
    assert not snapshot.file_column("area")[tables.files.rows].any()


def test_each_function_knows_the_row_of_its_file(answer: tuple[Snapshot, FirstStage, Tables]) -> None:
    snapshot, _, tables = answer
    files = [snapshot.paths[row] for row in tables.files.rows.tolist()]
    for symbol, place in zip(tables.functions.rows.tolist(), tables.function_file.tolist(), strict=True):
        assert snapshot.symbol(symbol).location.path == files[place]
    fused = column(tables.files, "fused")
    assert column(tables.functions, "file_fused") == pytest.approx([fused[i] for i in tables.function_file.tolist()])


def test_the_first_function_of_each_file_is_first_within_it(answer: tuple[Snapshot, FirstStage, Tables]) -> None:
    tables = answer[2]
    seen: dict[int, int] = {}
    for place, within in zip(tables.function_file.tolist(), column(tables.functions, "within_file"), strict=True):
        seen[place] = seen.get(place, 0) + 1
        assert within == pytest.approx(1 / seen[place])


def test_a_name_that_the_title_says_wholly_is_covered(tmp_path: Path) -> None:
    source = "def parse_header(line):\n    return line\n\n\ndef parse_trailing_comment(line):\n    return line\n"
    root = write(tmp_path / "tree", {"lib/reader.py": source, "lib/other.py": "def run():\n    return 1\n"})
    snapshot, _, tables = read(root, tmp_path / "cache", "Cannot parse header of the reader")
    covered = dict(
        zip(
            [snapshot.symbol(row).name for row in tables.functions.rows.tolist()],
            column(tables.functions, "name_title"),
            strict=True,
        )
    )
    assert covered["parse_header"] == pytest.approx(1)
    assert 0 < covered["parse_trailing_comment"] < 1


def test_files_that_changed_with_a_likely_file_are_heard(tmp_path: Path) -> None:
    root = tmp_path / "tree"
    for version in range(3):
        pair = {"a/tariff.py": f"def tariff():\n    return {version}\n", "b/ledger.py": f"BOOKED = {version}\n"}
        commit(write(root, pair), f"change {version}")
    commit(write(root, {"c/alone.py": "ALONE = 1\n"}), "one more")
    snapshot, stage, _ = read(root, tmp_path / "cache", "The tariff is wrong")
    tie = dict(zip(snapshot.paths, stage.file_signals["cochange"].tolist(), strict=True))
    assert tie["b/ledger.py"] > 0
    assert tie["c/alone.py"] == 0


def test_tests_speak_for_what_they_import(tmp_path: Path) -> None:
    files = {
        "core/__init__.py": "",
        "core/engine.py": "def run(x):\n    return x\n",
        "core/idle.py": "def rest(x):\n    return x\n",
        "tests/test_engine.py": "from core.engine import run\n\n\ndef test_negative_tariff_surcharge():\n    run(1)\n",
    }
    snapshot, stage, _ = read(write(tmp_path / "tree", files), tmp_path / "cache", "negative tariff surcharge")
    heard = dict(zip(snapshot.paths, stage.file_signals["from_tests"].tolist(), strict=True))
    assert heard["core/engine.py"] > 0
    assert heard["core/idle.py"] == 0


def test_a_tree_without_definitions_has_an_empty_table_of_them(tmp_path: Path) -> None:
    _, _, tables = read(write(tmp_path / "tree", {"empty.py": ""}), tmp_path / "cache", "anything at all")
    assert np.isfinite(tables.files.values).all()
    assert tables.functions.values.shape == (0, len(tables.functions.names))


def signal(snapshot: Snapshot, stage: FirstStage, name: str) -> dict[str, float]:
    """One signal of every file."""
    return dict(zip(snapshot.paths, stage.file_signals[name].tolist(), strict=True))


PAST = ("past", "past_title", "past_near", "past_words", "past_words_title")


def test_files_that_were_changed_for_something_alike_are_heard(tmp_path: Path) -> None:
    root = tmp_path / "tree"
    commit(write(root, {"a/x.py": "A = 1\n", "b/y.py": "B = 1\n", "c/z.py": "C = 1\n"}), "begin")
    commit(write(root, {"a/x.py": "A = 2\n"}), "Round the surcharge of weekend tickets\n\nIt was off by a cent.")
    commit(write(root, {"b/y.py": "B = 2\n"}), "Greet customers")
    text = "Weekend surcharge is a cent too high\n\nSold two tickets."
    snapshot, stage, _ = read(root, tmp_path / "cache", text)
    for name in PAST:
        heard = signal(snapshot, stage, name)
        assert heard["a/x.py"] > 0, name
        assert heard["b/y.py"] == heard["c/z.py"] == 0, name


def test_a_commit_that_changed_one_file_says_more_of_it_than_one_that_changed_many(tmp_path: Path) -> None:
    root = tmp_path / "tree"
    many = {f"many/m{i}.py": f"M = {i}\n" for i in range(9)}
    commit(write(root, many | {"one.py": "O = 1\n"}), "begin")
    commit(write(root, dict.fromkeys(many, "M = 0\n# x\n")), "Round the surcharge")
    commit(write(root, {"one.py": "O = 2\n"}), "Round the surcharge")
    snapshot, stage, _ = read(root, tmp_path / "cache", "surcharge")
    near = signal(snapshot, stage, "past_near")
    assert near["one.py"] > 2 * near["many/m3.py"] > 0


@pytest.mark.parametrize("tree", ["no history", "no files"])
def test_without_a_past_nothing_was_said(tmp_path: Path, tree: str) -> None:
    root = write(tmp_path / "tree", {} if tree == "no files" else {"a.py": "def surcharge():\n    return 1\n"})
    root.mkdir(exist_ok=True)
    _, stage, tables = read(root, tmp_path / "cache", "surcharge")
    assert all(not stage.file_signals[name].any() for name in PAST)
    assert np.isfinite(tables.files.values).all()


def test_words_of_the_title_are_found_in_other_forms(tmp_path: Path) -> None:
    files = {
        "recovery.py": "def recovery(journal):\n    return journal.parser\n",
        "other.py": "def greet(customer):\n    return customer\n",
    }
    root = write(tmp_path / "tree", files)
    snapshot, stage, tables = read(root, tmp_path / "cache", "Cannot be recovered when parsing")
    plain, forms = (signal(snapshot, stage, name) for name in ("title", "title_forms"))
    assert plain["recovery.py"] == 0
    assert forms["recovery.py"] > 0 == forms["other.py"]
    names = [snapshot.symbol(row).name for row in tables.functions.rows.tolist()]
    for name in ("title_forms", "names_title_forms", "title_covered"):
        found = dict(zip(names, column(tables.functions, name), strict=True))
        assert found["recovery"] > 0, name


def test_the_place_that_prints_a_quoted_message_is_found(tmp_path: Path) -> None:
    files = {
        "checkout.py": 'def pay(card):\n    raise ValueError(f"cannot settle basket {card} before noon")\n',
        "basket.py": "def basket(noon):\n    return noon\n",
    }
    root = write(tmp_path / "tree", files)
    for text in ('It says "cannot settle basket 17 before noon"', "ValueError: cannot settle basket 17 before noon"):
        snapshot, stage, _ = read(root, tmp_path / "cache", f"Payment fails\n\n{text}\n")
        quoted = signal(snapshot, stage, "quoted")
        assert quoted["checkout.py"] == pytest.approx(1)
        assert quoted["basket.py"] < 0.6
    snapshot, stage, _ = read(root, tmp_path / "cache", "cannot settle basket 17 before noon")
    assert not stage.file_signals["quoted"].any()  # nothing is quoted


def test_a_file_knows_how_many_signs_and_which_definitions_put_it_first(
    answer: tuple[Snapshot, FirstStage, Tables],
) -> None:
    snapshot, _, tables = answer
    files, functions = tables.files, tables.functions
    lead = column(files, "fused_lead")
    assert lead[0] >= 0 and max(lead[1:]) <= 0
    first = int(functions.rows[0])
    place = int(tables.function_file[0])
    assert snapshot.symbol(first).location.path == snapshot.paths[int(files.rows[place])]
    assert column(files, "best_definition")[place] == pytest.approx(1 / 5)
    one, three, ten = (np.array(column(files, f"agree_{n}")) for n in (1, 3, 10))
    assert (one <= three).all() and (three <= ten).all() and one[0] >= 1
