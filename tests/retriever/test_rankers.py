from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

import locant
from locant.command.app import app
from locant.errors import ModelError
from locant.indexer.snapshot import Snapshot
from locant.indexer.store.folder import TreeStore
from locant.indexer.walk.repository import repository_identity
from locant.refresh import Refresher
from locant.retriever.bm25 import Lexicon
from locant.retriever.context import Context, read_query
from locant.retriever.filters import Filters
from locant.retriever.first_stage import first_stage, tables_of
from locant.retriever.learning.rankers import FILES_MODEL, FUNCTIONS_MODEL, MODELS, shipped_rankers
from locant.retriever.learning.stacking import stacked_names
from locant.retriever.learning.tables import FILE_CANDIDATES
from locant.retriever.localize import Rankers, score

ISSUE = "Voucher is refused\n\n`Voucher.is_expired` compares with today, though the basket was paid yesterday."


def scores_of(snapshot: Snapshot, rankers: Rankers, filters: Filters | None = None) -> Any:
    context = Context(snapshot, Lexicon(snapshot), read_query(snapshot, ISSUE, "auto"))
    return score(context, rankers, filters)


@pytest.fixture
def shop_snapshot(shop_root: Path, tmp_path: Path) -> Snapshot:
    """The shop as the retriever sees it."""
    refresher = Refresher(TreeStore(shop_root, tmp_path / "cache", repository_identity), None, 1)
    snapshot = refresher.look(force=True).snapshot
    refresher.close()
    return snapshot


@pytest.fixture
def crowd(make_index: Any) -> locant.Index:
    """More files than are candidates."""
    files = {f"pkg/m{i}.py": f"def step_{i}(voucher):\n    return voucher.expired + {i}\n" for i in range(260)}
    index: locant.Index = make_index(files)
    return index


def test_the_shipped_models_ask_only_for_features_that_are_computed(shop_snapshot: Snapshot) -> None:
    rankers = shipped_rankers()
    assert rankers is not None
    plain = Rankers.default()
    context = Context(shop_snapshot, Lexicon(shop_snapshot), read_query(shop_snapshot, ISSUE, "auto"))
    stage = first_stage(context, plain.files, plain.functions, every_signal=True)
    tables = tables_of(context, stage)
    assert set(rankers.files.features) <= set(tables.files.names)
    assert set(rankers.functions.features) <= set(stacked_names(tables.functions.names))


def test_what_is_no_candidate_stands_behind_the_candidates_in_the_order_of_the_fusion(crowd: locant.Index) -> None:
    learned = crowd.localize(ISSUE, files=260).files
    plain = crowd.localize(ISSUE, files=260, ranker="fusion").files
    assert len(learned) == len(plain) == 260
    assert [hit.score >= 1 for hit in learned] == [True] * FILE_CANDIDATES + [False] * 60
    behind = [hit.path for hit in learned[FILE_CANDIDATES:]]
    assert behind == [hit.path for hit in plain if hit.path in set(behind)]
    assert all(a.score >= b.score for a, b in pairwise(learned))


def test_filters_choose_the_candidates(crowd: locant.Index) -> None:
    last = crowd.localize(ISSUE, files=260).files[-1].path
    found = crowd.localize(ISSUE, files=260, paths=(f"/{last}",)).files
    assert [hit.path for hit in found] == [last]
    assert found[0].score >= 1


def test_each_stage_can_be_switched_off(shop_snapshot: Snapshot) -> None:
    learned, plain = Rankers.named("learned"), Rankers.named("fusion")
    assert (learned.learned is None, plain.learned) == (False, None)
    fused = scores_of(shop_snapshot, plain)
    again = scores_of(shop_snapshot, replace(learned, learned=None))
    assert fused.files.tolist() == again.files.tolist()
    assert fused.files.tolist() != scores_of(shop_snapshot, learned).files.tolist()


def test_a_folder_without_models_has_no_rankers_and_a_damaged_one_says_so(tmp_path: Path) -> None:
    assert shipped_rankers(tmp_path) is None
    (tmp_path / "half").mkdir()
    (tmp_path / "half" / FILES_MODEL).write_bytes((MODELS / FILES_MODEL).read_bytes())
    with pytest.raises(ModelError, match=f"only {FILES_MODEL} is there"):
        shipped_rankers(tmp_path / "half")
    (tmp_path / "half" / FUNCTIONS_MODEL).write_bytes(b"no model")
    with pytest.raises(ModelError, match=f"{FUNCTIONS_MODEL} cannot be read"):
        shipped_rankers(tmp_path / "half")


def test_doctor_says_which_rankers_there_are(shop_root: Path, tmp_path: Path) -> None:
    done = CliRunner().invoke(app, ["doctor", "--repo", str(shop_root)], env={"LOCANT_CACHE_DIR": str(tmp_path)})
    assert "trees for files" in done.output


def test_switched_off_signals_are_switched_off_in_the_learned_ranker_too(shop: locant.Index) -> None:
    found = shop.localize(ISSUE, without=("mentioned", "mentions", "mentions_code", "pairs"))
    signals = {item.signal for hit in (*found.files,) for item in hit.evidence}
    assert not signals & {"mentioned", "mentions", "mentions_code", "pairs"}
