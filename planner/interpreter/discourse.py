"""What has been spoken of: the things of "it", "them" and "the rest", and the names that people gave."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from sayso.hardware.types import Array
from sayso.perception.scene import SceneObject
from sayso.planner.task.values import Constraint, Task, Thing


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a thing was: at a ``point`` (x, y) in m, in or on the thing with the id ``below``, None: on the table."""

    point: tuple[float, float]
    below: str | None = None


@dataclass(frozen=True)
class Recalled:
    """What earlier instructions leave for the next one; all things are ids of the scene.

    ``names`` are those that people gave, in lower case, ``before`` the groups handled, oldest first, ``places`` those
    in or by which they were put, ``standing`` the constraints that always hold, ``preferred`` the things that
    are meant where several fit. ``origins`` is where things were before they were moved last; ``back`` are the things
    to move, in order, to undo what was done last. ``here`` is the point (x, y) m of the table that the person points at
    now.
    """

    names: Mapping[str, str] = field(default_factory=dict)
    before: Sequence[tuple[str, ...]] = ()
    places: Sequence[tuple[str, ...]] = ()
    standing: Sequence[Constraint] = ()
    preferred: Sequence[Thing] = ()
    origins: Mapping[str, Origin] = field(default_factory=dict)
    back: Sequence[tuple[str, Origin]] = ()
    here: tuple[float, float] | None = None


NOTHING_RECALLED = Recalled()


@dataclass
class Discourse:
    """``groups`` are the things handled or named so far, oldest first; ``turn`` is the thing of `Each`.

    ``earlier`` instructions left groups, too. ``spared`` are ids that must not be touched.
    """

    groups: list[tuple[str, ...]] = field(default_factory=list)
    places: list[str] = field(default_factory=list)
    earlier: Recalled = NOTHING_RECALLED
    spared: set[str] = field(default_factory=set)
    turn: str | None = None

    def speak_of(self, things: Sequence[SceneObject]) -> None:
        """Remember ``things`` as spoken of last."""
        if things:
            self.groups.append(tuple(o.id for o in things))

    @property
    def last(self) -> str | None:
        """The thing that "it" means."""
        return next((group[-1] for group in reversed(self._all) if group), None)

    @property
    def last_several(self) -> tuple[str, ...]:
        """The things that "them" means: the last group of several, else all that was spoken of."""
        several = next((group for group in reversed(self._all) if len(group) > 1), ())
        return several or tuple(dict.fromkeys(i for group in self._all for i in group))

    @property
    def mentioned(self) -> frozenset[str]:
        """Everything that this instruction spoke of."""
        return frozenset(i for group in self.groups for i in group) | frozenset(self.places)

    @property
    def handled(self) -> Iterator[frozenset[str]]:
        """What "the other" may leave out: all that was spoken of in this talk, then always less of what is long ago."""
        before, places = self.earlier.before, self.earlier.places
        for old in range(max(len(before), len(places))):
            yield self.mentioned.union(*before[old:], *places[old:])
        yield self.mentioned

    @property
    def _all(self) -> list[tuple[str, ...]]:
        return [*self.earlier.before, *self.groups]


@dataclass
class Interpretation:
    """What stays the same while one instruction is carried out.

    ``start`` (3,) m by id is where things were at first; ``bound`` are the ids that each description of the task meant,
    by its place in the task.
    """

    task: Task
    start: dict[str, Array] = field(default_factory=dict)
    bound: dict[tuple[int, ...], tuple[str, ...]] = field(default_factory=dict)
