"""Follows a run and writes its attempt: the moments, and what is said before anybody is told that it was heard."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path

import numpy as np

from sayso.hardware.types import Array
from sayso.learning.attempt import Aim, Ending, InForce, Moment, Opening, Point, Said, SeenThing
from sayso.learning.attempt_writer import AttemptWriter
from sayso.result import RunResult
from sayso.runtime.executive import Executive
from sayso.runtime.hearing.saving import Saving
from sayso.runtime.log import Heard
from sayso.runtime.subscriber import Subscriber, Tick
from sayso.skills.goal import SubtaskGoal

MOMENT_S = 0.1
DIGITS = 5


class AttemptRecorder(Subscriber):
    """Writes the attempt of the instruction that ``executive`` carries out into ``folder``; saves what is heard.

    ``began()`` is the start of the instruction, s on the robot's clock. Raises `UserError` if the file cannot be made.
    """

    def __init__(
        self, folder: Path, executive: Executive, instruction: str, robot: str, seed: int, models: Mapping[str, str],
        began: Callable[[], float],
    ) -> None:  # fmt: skip
        self._executive, self._began = executive, began
        when = datetime.now().astimezone().replace(microsecond=0)
        opening = Opening(
            when=when, instruction=instruction, robot=robot, arm=executive.robot.spec.name, seed=seed,
            models=dict(models),
        )  # fmt: skip
        self.writer = AttemptWriter(folder, opening)
        self._numbers: dict[int, int] = {}  # of what was heard, by identity: the log keeps it alive
        self._last = -np.inf

    def ticked(self, tick: Tick) -> None:
        """Write the moment, ten a second."""
        seen, motion = tick.observation, tick.motion
        if seen is None or motion is None or tick.t - self._last < MOMENT_S - 1e-6:
            return
        self._last = tick.t
        subtask, spoken = self._executive.supervisor.current, self._executive.override.motion(tick.t)
        thing = tick.scene.find(subtask.object_id) if subtask is not None else None
        self.writer.see(
            Moment(
                t=self._at(tick.t),
                motion=str(motion),
                by="planner" if spoken is None else "operator",
                subtask="" if subtask is None else str(subtask),
                thing="" if thing is None else thing.name,
                thing_kind="" if thing is None else thing.kind,
                tool=_point(seen.body.tool.position),
                aim=_aim(seen.goal, self._executive.goals.shift),
                features=tuple(round(float(v), DIGITS) for v in seen.features),
            )
        )

    def keep(self, heard: Heard) -> Saving:
        """Save what was heard; from any number of calls for the same words the last one counts."""
        executive, c = self._executive, heard.correction
        number = self._numbers.setdefault(id(heard), len(self._numbers) + 1)
        scene, motions = executive.scene, executive.log.motions
        return self.writer.say(
            Said(
                number=number,
                t=max(0.0, self._at(heard.t)),
                text=c.text,
                level=c.level,
                read_as=c.read_as,
                answer=heard.answer,
                motion=None if c.motion is None else str(c.motion),
                seconds=round(c.duration_s, 3),
                pace=None if c.pace is None else executive.override.pace,
                nudge=None if heard.nudge is None else _point(heard.nudge),
                target=c.target,
                instruction=c.instruction,
                before=InForce(motion=motions[-1].text, by=motions[-1].source) if motions else None,
                subtask="" if executive.supervisor.current is None else str(executive.supervisor.current),
                held=None if scene is None else scene.held,
                tool=None if scene is None else _point(scene.tool.position),
                scene=() if scene is None else tuple(
                    SeenThing(
                        id=o.id, name=o.name, position=_point(o.position), size=_point(o.size), yaw=_number(o.yaw)
                    )
                    for o in scene.objects
                ),
            )
        )  # fmt: skip

    @property
    def is_empty(self) -> bool:
        """Whether the arm has not moved, and nobody has said anything."""
        return self._last == -np.inf and not self.writer.spoken

    def close(self, result: RunResult | None = None) -> None:
        """End the attempt with the ``result`` of the run; without one it stays as a killed run leaves it."""
        ending = None
        if result is not None:
            ending = Ending(t=result.duration_s, outcome=result.outcome, success=result.success)
        self.writer.close(ending)

    def _at(self, t: float) -> float:
        return round(t - self._began(), 3)


def _number(value: float) -> float:
    return round(float(value), DIGITS)


def _point(values: np.ndarray) -> Point:
    x, y, z = (_number(v) for v in values)
    return x, y, z


def _aim(goal: SubtaskGoal, shift: Array) -> Aim:
    return Aim(
        position=_point(goal.position),
        size=_point(np.array([goal.width, goal.width, goal.height])),
        hang=_number(goal.hang),
        yaw=_number(goal.yaw),
        held=goal.held,
        place=None if goal.place is None else _point(goal.place),
        tolerance=_number(goal.tolerance),
        clearance=_number(goal.clearance),
        shift=_point(shift) if shift.any() else None,
    )
