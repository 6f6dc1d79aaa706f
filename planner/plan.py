"""A planner's answer: a plan of subtasks, a question, or a refusal."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

from sayso.perception.scene import Scene

if TYPE_CHECKING:
    from sayso.planner.corrections.correction import Correction
    from sayso.planner.watch.constraint import Constraint
    from sayso.planner.watch.wait import Wait


class Verb(StrEnum):
    """The action of a subtask: on its object, or of the arm alone."""

    PICK = "pick up"
    PLACE = "put"
    WAIT = "wait until"
    GO = "go"
    OVER = "move the hand"
    POINT = "point at"
    NEAR = "move nearer to"
    AWAY = "move away from"
    MOVE = "move"
    OPEN = "open the gripper"
    CLOSE = "close the gripper"


class Relation(StrEnum):
    """Where a held object goes, in the base frame: left is +y, in front of is -x (nearer to the base), behind is +x.

    AT is a point of the table.
    """

    IN = "in"
    ON = "on"
    LEFT = "to the left of"
    RIGHT = "to the right of"
    FRONT = "in front of"
    BEHIND = "behind"
    AT = "at"


@dataclass(frozen=True, slots=True)
class Subtask:
    """One step: pick up ``object_id``, or put it in ``relation`` to ``reference_id`` (ids of the scene), or ``wait``,
    or a step of the arm alone, which has no object: ``reference_id`` is what the hand points at or goes to,
    ``distance`` how far it goes nearer or away, ``way`` (3,) m in the base frame how it moves, ``place_name`` the
    posture that it goes to, "home" or "rest".

    For a move without a reference ("move the red block left") ``reference_id`` is the object itself and the
    place is ``distance`` metres from where it was. For `Relation.AT` the reference is the object too, the place is the
    free spot nearest to ``point`` (x, y) in m in the base frame, and ``place_name`` says it in words. A step that waits
    has no object and is the last of its plan: when what it waits for has come about, the planner is asked again.
    ``gap`` (m, from rim to rim, or of the move) is the distance that a person said, which ``distance`` follows.
    ``edges`` bound the part of the table in which a place at a ``point`` lies: (x, y, offset) of the points p in m,
    base frame, with x·px + y·py >= offset.
    """

    verb: Verb
    object_id: str
    object_name: str
    relation: Relation | None = None
    reference_id: str | None = None
    reference_name: str | None = None
    distance: float | None = None
    point: tuple[float, float] | None = None
    place_name: str | None = None
    wait: Wait | None = None
    gap: float | None = None
    edges: tuple[tuple[float, float, float], ...] = ()
    way: tuple[float, float, float] | None = None

    @property
    def handles(self) -> bool:
        """Whether the step picks up or puts down a thing."""
        return self.verb in (Verb.PICK, Verb.PLACE)

    @property
    def is_of_arm(self) -> bool:
        """Whether the arm alone moves in the step."""
        return not self.handles and self.wait is None

    def __str__(self) -> str:
        if self.wait is not None:
            return f"wait until {self.wait.said}"
        if self.is_of_arm:
            return self._of_arm
        if self.verb is Verb.PICK:
            return f"pick up the {self.object_name}"
        if self.relation is Relation.AT:
            return f"put the {self.object_name} {self.place_name or 'down'}"
        if self.reference_id == self.object_id and self.relation is not None:
            words = {
                Relation.LEFT: "to the left",
                Relation.RIGHT: "to the right",
                Relation.FRONT: "back",
                Relation.BEHIND: "forward",
            }
            return f"put the {self.object_name} {self._gap_said}{words.get(self.relation, str(self.relation))}"
        return f"put the {self.object_name} {self._gap_said}{self.relation} the {self.reference_name}"

    @property
    def _of_arm(self) -> str:
        """The step of the arm alone in words."""
        match self.verb:
            case Verb.GO:
                return "lie down" if self.place_name == "rest" else f"go {self.place_name}"
            case Verb.MOVE:
                return f"move {in_words(self.way or (0.0, 0.0, 0.0))}"
            case Verb.OVER if self.reference_name is None:
                return f"{self.verb} above the table {self.place_name}"
            case Verb.OVER:
                aside = self.relation is not None and self.relation not in (Relation.IN, Relation.ON)
                return f"{self.verb} {self.relation if aside else 'over to'} the {self.reference_name}"
            case Verb.POINT | Verb.NEAR | Verb.AWAY:
                return f"{self.verb} the {self.reference_name}"
        return str(self.verb)

    @property
    def _gap_said(self) -> str:
        return "" if self.gap is None else f"{100 * self.gap:.3g} cm "


def moves_alone(steps: Sequence[Subtask]) -> bool:
    """Whether ``steps`` only move the hand some way, or open and close it, as a spoken motion does."""
    motions = (Verb.MOVE, Verb.NEAR, Verb.AWAY, Verb.OPEN, Verb.CLOSE)
    return bool(steps) and all(step.verb in motions for step in steps)


_WAYS = (("forward", "back"), ("to the left", "to the right"), ("up", "down"))


def in_words(way: tuple[float, float, float]) -> str:
    """A way (3,) m of the hand: "10 cm to the left and 3 cm up"."""
    parts = [(abs(v), _WAYS[axis][v < 0]) for axis, v in enumerate(way) if abs(v) > 0.0005]
    return " and ".join(f"{100 * far:.3g} cm {side}" for far, side in parts)


@dataclass(frozen=True, slots=True)
class Plan:
    """Subtasks in order of execution.

    ``notes`` say what the plan does otherwise than the instruction asks. ``constraints`` hold while it is carried out.
    What is left of it is left out as soon as the hand is empty after the condition of ``ends`` has come about. ``idle``
    is why a plan without subtasks does nothing, "" if everything is so already.
    """

    subtasks: tuple[Subtask, ...]
    notes: tuple[str, ...] = ()
    constraints: tuple[Constraint, ...] = ()
    ends: Wait | None = None
    idle: str = ""


@dataclass(frozen=True, slots=True)
class Gap:
    """What a question leaves open: the description ``about`` of a thing or a place in ``task``.

    Both are texts of the task language. ``things`` are the ids of the things that the options name, if they name any.
    """

    task: str
    about: str
    things: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Question:
    """A question to the operator; ``options`` are object names or phrases that answer it.

    ``answers`` are the instructions that the options make, "" for one that makes none; empty if the planner does not
    know them. ``gap`` is what any other answer fills; None if the planner knows no task yet.
    """

    text: str
    options: tuple[str, ...] = field(default=())
    answers: tuple[str, ...] = field(default=())
    gap: Gap | None = None


@dataclass(frozen=True, slots=True)
class Refusal:
    """The planner refuses the instruction for ``reason``."""

    reason: str


@dataclass(frozen=True, slots=True)
class Reply(Refusal):
    """Words that are the whole answer, to a question, a name or a rule: nothing is to be moved."""


Answer = Plan | Question | Refusal


class Planner(ABC):
    """Turns an instruction and a scene into an answer within a deadline (s).

    ``viewpoint_yaw`` is the heading in rad, base frame, in which the person who speaks looks; 0: as the arm. ``here``
    is the point (x, y) m of the table, base frame, that the person points at with the instruction; None: at none.
    """

    name: str
    viewpoint_yaw: float = 0.0
    here: tuple[float, float] | None = None

    @abstractmethod
    def plan(
        self, instruction: str, scene: Scene, *, done: tuple[Subtask, ...] = (), deadline_s: float = 10.0
    ) -> Answer:
        """A plan for the part of ``instruction`` that remains after the subtasks ``done``, a question or a refusal."""

    def told(self, text: str, scene: Scene) -> str | None:
        """What the planner says to words that change no motion, while something is done; None if it keeps nothing."""
        return None

    def told_idle(self, text: str, scene: Scene) -> str | None:
        """The same while nothing is done: a standing rule is kept, too."""
        return self.told(text, scene)

    def ruled(self, rule: str, text: str) -> None:
        """A person has said a standing ``rule``, in the task language, with the words ``text``."""
        return

    def swapped(self, correction: Correction, scene: Scene) -> None:
        """A ``correction`` has put another thing in the place of one of the plan."""
        return

    def ended(self, outcome: str, scene: Scene | None, why: str) -> None:
        """The instruction planned last has ended with ``outcome``; ``why`` it was not done."""
        return
