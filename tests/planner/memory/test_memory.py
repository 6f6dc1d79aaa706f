"""The memory from one session to the next."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from sayso.planner.memory.entries import AnyEntry, Done, Seen, Tip
from sayso.planner.memory.memory import MOST_DONE, Memory
from sayso.planner.plan import Plan
from tests.planner.local_scenes import TABLE
from tests.planner.memory.person import Person

NOON = datetime(2026, 11, 27, 12, tzinfo=UTC)
PUT = "put the red block in the blue bowl"


class Shelf:
    """Keeps entries from session to session."""

    def __init__(self) -> None:
        self.entries: list[AnyEntry] = []

    def changed(self) -> list[AnyEntry] | None:
        return list(self.entries)

    def keep(self, added: Sequence[AnyEntry], removed: Sequence[AnyEntry]) -> None:
        self.entries = [e for e in self.entries if e not in removed] + list(added)


def session(shelf: Shelf, minutes: float, robot: str = "so101") -> Memory:
    return Memory(robot, shelf, lambda: NOON + timedelta(minutes=minutes))


def test_a_fresh_past_of_the_same_robot_is_taken_up() -> None:
    shelf = Shelf()
    first = Person(TABLE, session(shelf, 0))
    first.says(PUT)
    later = Person(first.scene, session(shelf, 5))
    assert later.says("put it on the green block") == "put the red block on the green block"
    assert Person(first.scene, session(shelf, 6)).says("the same with the yellow one") == (
        "put the yellow block on the green block"
    )
    assert Person(first.scene, session(shelf, 6, "ur5e")).says("do it again").startswith("? I have done nothing yet")


def test_undo_reaches_into_a_fresh_past_and_not_into_what_was_undone_there() -> None:
    shelf = Shelf()
    first = Person(TABLE, session(shelf, 0))
    first.says(PUT)
    later = Person(first.scene, session(shelf, 1))
    assert later.says("undo") == "put the red block where it was"
    assert Person(later.scene, session(shelf, 2)).says("undo") == "! I have moved nothing that I could put back."


def test_it_from_long_ago_is_forgotten_and_names_are_not() -> None:
    shelf = Shelf()
    first = Person(TABLE, session(shelf, 0))
    first.says("call the red one Betty")
    first.says(PUT)
    later = Person(first.scene, session(shelf, 11))
    assert later.says("do it again") == (
        f"? The last I did here was “{PUT}”, 11 minutes ago: that is too long ago. What shall I do?"
    )
    assert later.says("put Betty on the green block") == "put the red block on the green block"


def test_a_failure_is_told_with_the_plan_for_the_same_words() -> None:
    shelf = Shelf()
    first = Person(TABLE, session(shelf, 0))
    first.planner.plan(PUT, first.scene)
    first.planner.ended("failed", first.scene, "I closed the hand and nothing is in it")
    assert [e.text for e in shelf.entries if isinstance(e, Tip)] == ["I closed the hand and nothing is in it"]
    again = session(shelf, 60)
    answer = Person(TABLE, again).planner.plan(PUT, TABLE)
    assert isinstance(answer, Plan) and answer.notes == ("earlier at this: I closed the hand and nothing is in it",)


def test_a_tip_is_short_and_there_and_told_once_however_often_the_same_fails() -> None:
    shelf = Shelf()
    why = "The can is not in the bowl. I still hold the yellow can. Unusual here: the yellow can is 6.4 cm wide."
    for begin in (0, 60):
        person = Person(TABLE, session(shelf, begin))
        person.planner.plan(PUT, person.scene)
        person.planner.ended("failed", person.scene, why)
    assert [e.text for e in shelf.entries if isinstance(e, Tip)] == ["The can is not in the bowl."]
    again = Person(TABLE, session(shelf, 120))
    notes = []
    for _ in range(2):
        answer = again.planner.plan(PUT, TABLE)
        assert isinstance(answer, Plan)
        notes.append(answer.notes)
        again.planner.ended("failed", TABLE, why)
    assert notes == [("earlier at this: The can is not in the bowl.",), ()]


def test_each_thing_is_seen_last_in_one_place_and_old_deeds_make_room() -> None:
    shelf = Shelf()
    person = Person(TABLE, session(shelf, 0))
    for _ in range(3):
        person.says(PUT)
        person.says("undo")
    seen = [e for e in shelf.entries if isinstance(e, Seen)]
    assert len(seen) == len(TABLE.objects) == len({e.thing for e in seen})
    done = Done(when=NOON, said="x", outcome="done", robot="so101")
    full = Shelf()
    full.entries = [done.model_copy(update={"said": str(i)}) for i in range(MOST_DONE)]
    Person(TABLE, session(full, 60)).says(PUT)
    kept = [e.said for e in full.entries if isinstance(e, Done)]
    assert len(kept) == MOST_DONE and kept[0] == "1" and kept[-1] == PUT


def test_a_new_world_forgets_what_was_done_and_keeps_names() -> None:
    person = Person(TABLE)
    person.says("call the red one Betty")
    person.says(PUT)
    person.memory.clear()
    assert person.says("undo") == "! I have moved nothing that I could put back."
    assert person.says("put Betty on the green block") == "put the red block on the green block"
