from __future__ import annotations

from locant.indexer.walk.records import Signature
from locant.retriever.reading.kept import KeptTexts

PLACE = ("/tree", "a.py")


def signature(size: int, inode: int = 1) -> Signature:
    return Signature(size, 10, 10, inode)


def test_a_text_is_had_again_for_the_same_file_and_content_alone() -> None:
    kept: KeptTexts[str] = KeptTexts(100)
    kept.put(PLACE, signature(10), b"id", "text")
    assert kept.get(PLACE, signature(10), b"id") == "text"
    assert kept.get(PLACE, signature(10, inode=2), b"id") is None
    assert kept.get(PLACE, signature(10), b"other") is None
    assert kept.get(("/other", "a.py"), signature(10), b"id") is None


def test_what_was_not_asked_for_longest_makes_room() -> None:
    kept: KeptTexts[str] = KeptTexts(100)
    places = [("/tree", f"{i}.py") for i in range(3)]
    kept.put(places[0], signature(40), b"id", "0")
    kept.put(places[1], signature(40), b"id", "1")
    kept.get(places[0], signature(40), b"id")
    kept.put(places[2], signature(40), b"id", "2")
    assert [kept.get(place, signature(40), b"id") for place in places] == ["0", None, "2"]


def test_a_text_put_again_counts_once_and_one_beyond_the_room_is_not_kept() -> None:
    kept: KeptTexts[str] = KeptTexts(100)
    for _ in range(5):
        kept.put(PLACE, signature(90), b"id", "text")
    assert kept.get(PLACE, signature(90), b"id") == "text"
    kept.put(PLACE, signature(101), b"id", "text")
    assert kept.get(PLACE, signature(101), b"id") is None
    kept.put(PLACE, signature(90), b"id", "text")
    assert kept.get(PLACE, signature(90), b"id") == "text"
