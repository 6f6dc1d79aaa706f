"""By what name a thing is told from the others."""

from __future__ import annotations

from sayso.planner.language.grounding import listed, names, the
from tests.planner.local_scenes import TABLE, thing

RED, GREEN = TABLE.objects[:2]
ROW = [thing("red block 1", 0.4, 0.2), thing("red block 2", 0.5, 0.0), thing("red block 3", 0.3, -0.2)]


def test_things_alike_are_named_by_where_they_stand() -> None:
    assert names(TABLE.objects[:2]) == ("red block", "green block")
    assert names(ROW) == ("left red block", "farthest red block", "right red block")
    assert names([ROW[0], thing("red block 4", 0.6, 0.1), ROW[1], thing("red block 5", 0.1, -0.1), ROW[2]]) == (
        "left red block", "farthest red block", "red block", "nearest red block", "right red block",
    )  # fmt: skip


def test_words_are_listed_as_people_do() -> None:
    assert listed([]) == "" and listed(["a"]) == "a" and listed(["a", "b"]) == "a and b"
    assert listed(["a", "b", "c"], "or") == "a, b or c"
    assert the([RED, GREEN]) == "the red block and the green block"
