"""The tasks: its sentence, what it needs, where the teacher puts the object, and when it is done."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib import import_module

import numpy as np

from sayso.hardware.foreign import foreign, shortened
from sayso.hardware.robot import RobotError
from sayso.hardware.types import Array, Box
from sayso.hardware.world import ObjectTruth
from sayso.sim.scenes.scene_spec import SceneSpec

Truth = Mapping[str, ObjectTruth]
DIRECTIONS = {"left": (0.0, 1.0), "right": (0.0, -1.0), "front": (-1.0, 0.0), "behind": (1.0, 0.0)}
PUT = r"(?:put|place|drop|set|move|lay)"
MOVED_M = 0.12


@dataclass(frozen=True, slots=True)
class TaskKind:
    """One kind of task for a block a and, if ``references`` names kinds of object, a reference b; else b is a.

    - ``sentence`` asks for the task; {a} and {b} stand for color and kind. ``heard`` is a regular expression with {a}
      and {b} for all wordings that the judge understands; without it the judge understands the sentence only.
    - ``done(before, after, a, b)`` judges ground truth.
    - The teacher puts the block in the planner's ``relation`` to b, or its underside at ``place(before, now, a, b)``,
      (3,) m in the base frame; with neither it only picks the block up.
    - ``scene(rng, reach)`` draws worlds for this task alone; without it they hold blocks and bowls at random.
    - ``share`` is the weight among the random tasks of demonstrations, 0: only by name. ``asked``: the world "table"
      asks for this task, too.
    """

    name: str
    sentence: str
    done: Callable[[Truth, Truth, str, str], bool]
    references: tuple[str, ...] = ()
    heard: str = ""
    relation: str | None = None
    place: Callable[[Truth, Truth, str, str], Array] | None = None
    scene: Callable[[np.random.Generator, Box | None], SceneSpec] | None = None
    share: int = 1
    asked: bool = True

    @property
    def puts(self) -> bool:
        """Whether the block is put somewhere, not only picked up."""
        return self.relation is not None or self.place is not None


def is_in(truth: Truth, block: str, bowl: str) -> bool:
    """Whether the block's center lies inside the bowl's rim, below its top plus the block's height."""
    a, b = truth[block], truth[bowl]
    gap = a.position - b.position
    return bool(np.hypot(gap[0], gap[1]) < b.size[0] / 2 and gap[2] < b.size[2] / 2 + a.size[2] and b.upright > 0.9)


def is_on(truth: Truth, block: str, base: str) -> bool:
    """Whether the block rests on the other block: its foot at the other's top, its center over it."""
    a, b = truth[block], truth[base]
    gap = a.position - b.position
    resting = abs(gap[2] - (a.size[2] + b.size[2]) / 2) < 0.008
    return bool(resting and np.abs(gap[:2]).max() < b.size[0] / 2 + 0.004)


def is_beside(truth: Truth, block: str, reference: str, side: str) -> bool:
    """Whether the block lies on that side of the reference, within 45° of the direction, 5 to 25 cm away."""
    return _within(truth[block].position - truth[reference].position, side)


def is_moved(before: Truth, after: Truth, block: str, side: str) -> bool:
    """Whether the block lies 5 to 25 cm to that side of its old position."""
    return _within(after[block].position - before[block].position, side)


def is_lifted(truth: Truth, before: Truth, block: str, height: float = 0.05) -> bool:
    """Whether the block is more than ``height`` m above its old position."""
    return bool(truth[block].position[2] - before[block].position[2] > height)


def _within(gap: np.ndarray, side: str) -> bool:
    direction = np.array(DIRECTIONS[side])
    along = float(gap[:2] @ direction)
    return 0.05 < float(np.hypot(gap[0], gap[1])) < 0.25 and along > 0.7 * float(np.hypot(gap[0], gap[1]))


def _beside(side: str, relation: str, words: str, asked: bool) -> TaskKind:
    return TaskKind(
        f"put {side}", f"put the {{a}} {relation} the {{b}}", lambda _, after, a, b: is_beside(after, a, b, side),
        ("block", "bowl"), rf"{PUT} {{a}} {words} {{b}}", relation, asked=asked,
    )  # fmt: skip


def _moved(side: str, words: str) -> TaskKind:
    def place(before: Truth, now: Truth, a: str, b: str) -> Array:
        start = before[a]
        foot = start.position - [0.0, 0.0, start.size[2] / 2]
        return np.asarray(foot + MOVED_M * np.array([*DIRECTIONS[side], 0.0]))

    return TaskKind(
        f"move {side}", f"move the {{a}} {words}", lambda before, after, a, b: is_moved(before, after, a, side),
        heard=rf"move {{a}} {words.replace('to the ', '(?:to the )?')}", place=place, share=0, asked=False,
    )  # fmt: skip


# The order decides what a seed draws. Not `asked` are those that came later: a seed of the table keeps its task.
TASKS: dict[str, TaskKind] = {
    kind.name: kind
    for kind in (
        TaskKind(
            "put in", "put the {a} in the {b}", lambda _, after, a, b: is_in(after, a, b), ("bowl",),
            rf"{PUT} {{a}} (?:in|into|inside) {{b}}", "in", share=2,
        ),
        TaskKind(
            "put on", "put the {a} on the {b}", lambda _, after, a, b: is_on(after, a, b), ("block",),
            rf"(?:{PUT}|stack) {{a}} (?:on top of|onto|on) {{b}}", "on", share=3,
        ),
        _beside("left", "to the left of", "(?:to the )?left of", True),
        _beside("right", "to the right of", "(?:to the )?right of", True),
        TaskKind(
            "pick up", "pick up the {a}", lambda before, after, a, _: is_lifted(after, before, a),
            heard="(?:pick up|grab|lift|take) {a}",
        ),
        _beside("front", "in front of", "in front of", False),
        _beside("behind", "behind", "behind", False),
        _moved("left", "to the left"),
        _moved("right", "to the right"),
        _moved("behind", "forward"),
        _moved("front", "back"),
    )
}  # fmt: skip
PICK_UP = TASKS["pick up"]


def task_kind(name: str) -> TaskKind:
    """The task ``name``: one of `TASKS`, or a `TaskKind` at MODULE:NAME. Raises `RobotError` for any other."""
    if name in TASKS:
        return TASKS[name]
    module, _, attribute = name.partition(":")
    if not attribute:
        raise RobotError(f"no task '{shortened(name, 60)}'; there are: {', '.join(TASKS)}, MODULE:NAME")
    with foreign(f"the task {name}", "cannot be loaded", "while it is loaded"):
        kind: object = getattr(import_module(module), attribute)
    if not isinstance(kind, TaskKind):
        raise RobotError(f"the task {name} is no sayso.sim.tasks.TaskKind: {shortened(repr(kind), 60)}")
    return kind


def kind_in(relation: str | None) -> TaskKind:
    """The task that puts a block in the planner's ``relation``; None: the one that only picks it up."""
    return PICK_UP if relation is None else next(kind for kind in TASKS.values() if kind.relation == relation)
