"""Names that are known by looks: on another table, in doubt, and given to what is new."""

from __future__ import annotations

from dataclasses import replace

from sayso.perception.scene import GivenName, Scene, SceneObject
from sayso.planner.memory.memory import Memory
from tests.planner.local_scenes import scene, thing
from tests.planner.memory.person import Person

RED, GREEN = thing("red block", 0.45, 0.10), thing("green block", 0.40, -0.10)
TWIN = replace(thing("red block", 0.55, 0.20), id="twin")
BOWL = thing("blue bowl", 0.60, 0.0)


class Looks:
    """The names of another table, and what was taught since."""

    def __init__(self, *known: tuple[str, str]) -> None:
        self.names, self.taught, self.forgotten = list(known), list[tuple[str, str, bool]](), list[str]()

    def known(self) -> list[tuple[str, str]]:
        return self.names

    def teach(self, thing: SceneObject, name: str, again: bool) -> None:
        self.taught.append((thing.id, name, again))

    def forget(self, name: str) -> None:
        self.forgotten.append(name)
        self.names = [n for n in self.names if n[0] != name]


def looks_like(o: SceneObject, name: str, sure: float) -> SceneObject:
    return replace(o, given=(GivenName(name, "taught", sure),))


def person(on: Scene, *known: tuple[str, str]) -> tuple[Person, Looks]:
    memory, looks = Memory("test"), Looks(*known)
    memory.looks = looks
    return Person(on, memory), looks


def test_a_name_from_another_table_means_what_looks_like_it() -> None:
    on = scene(looks_like(RED, "Bob", 0.02), looks_like(GREEN, "Bob", 0.93), BOWL)
    someone, _ = person(on, ("Bob", "green block"))
    assert someone.says("put Bob in the blue bowl") == "put the green block in the blue bowl"


def test_what_only_perhaps_looks_like_it_is_asked_about() -> None:
    on = scene(looks_like(RED, "Bob", 0.44), looks_like(TWIN, "Bob", 0.42), looks_like(GREEN, "Bob", 0.0), BOWL)
    someone, _ = person(on, ("Bob", "red block"))
    assert someone.says("put Bob in the blue bowl").startswith("? Which one is Bob: the ")
    assert someone.chooses(someone.answer.options[1]).startswith("put the red block in")  # type: ignore[union-attr]
    alone, _ = person(scene(looks_like(RED, "Bob", 0.3), BOWL), ("Bob", "red block"))
    assert alone.says("put Bob in the blue bowl") == "? Which one is Bob: the red block?"


def test_what_does_not_look_like_it_is_not_it() -> None:
    someone, _ = person(scene(looks_like(RED, "Bob", 0.01), BOWL), ("Bob", "red block"))
    assert someone.says("put Bob in the blue bowl").startswith("! I do not see Bob, the red block, now.")


def test_a_name_follows_the_looks_when_two_things_changed_places() -> None:
    someone, looks = person(scene(RED, GREEN, BOWL))
    someone.says("call the red one Bob")
    assert looks.taught == [(RED.id, "Bob", False)]
    looks.names = [("Bob", "red block")]
    someone.scene = scene(looks_like(RED, "Bob", 0.02), looks_like(GREEN, "Bob", 0.9), BOWL)
    assert someone.says("pick up Bob") == "pick up the green block"


def test_a_second_look_of_the_same_thing_is_added_and_another_thing_replaces_it() -> None:
    someone, looks = person(scene(RED, GREEN, BOWL))
    for line in ("call the red one Bob", "call the red one Bob", "call the green one Bob", "forget Bob"):
        someone.says(line)
    assert [(i, again) for i, _, again in looks.taught] == [(RED.id, False), (RED.id, True), (GREEN.id, False)]
    assert looks.forgotten == ["Bob"]


def test_this_is_the_one_thing_that_is_new() -> None:
    someone, looks = person(scene(RED, BOWL))
    someone.says("put the red block in the blue bowl")
    someone.scene = replace(someone.scene, objects=(*someone.scene.objects, GREEN))
    assert "I call the green block my mug" in someone.says("this is my mug")
    assert looks.taught == [(GREEN.id, "my mug", False)]
