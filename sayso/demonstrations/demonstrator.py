"""The teacher as motion planner and policy, and the recorder of its actions and counterfactual answers."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sayso.demonstrations.disturbance import Disturbance
from sayso.demonstrations.expert import Expert
from sayso.demonstrations.neighbors import Neighbourhood
from sayso.demonstrations.oracle import OracleTasks
from sayso.demonstrations.random_motions import random_motion
from sayso.hardware.types import Array, RobotSpec
from sayso.runtime.runtime import MOTION_TICKS
from sayso.runtime.subscriber import Subscriber, Tick
from sayso.sim.teacher import Command
from sayso.skills.features import Observation
from sayso.skills.motion import HOLD, LanguageMotion
from sayso.skills.policy import ActionChunk, Policy, chunk_from_velocity

RECORD_TICKS = 2
ALTERNATIVES = 2


@dataclass(frozen=True, slots=True)
class Lesson:
    """What the teacher says of one observation: its ``own`` motion, the motions it was ``asked`` about, how it answers
    the motion in force and each of those: ``commands``, and joint ``velocities`` (k, n) rad/s."""

    own: LanguageMotion
    asked: tuple[LanguageMotion, ...]
    commands: tuple[Command, ...]
    velocities: Array


class Teacher:
    """The expert as a motion source."""

    def __init__(self, expert: Expert) -> None:
        self.expert = expert
        self._last: tuple[Observation, Command, LanguageMotion] | None = None

    def says(self, observation: Observation) -> tuple[Command, LanguageMotion]:
        """The expert's free command, and its language motion."""
        if self._last is None or self._last[0] is not observation:
            command = self.expert.command(observation.body, observation.goal)
            self._last = observation, command, self.expert.motion(observation.body, command)
        return self._last[1:]

    def next_motion(self, observation: Observation) -> LanguageMotion:
        """The expert's language motion."""
        return self.says(observation)[1]


class Demonstrator(Subscriber):
    """The teacher as a policy; its answer is ``lesson``. With ``policy`` given, that policy acts instead.

    With ``asks`` the teacher also answers for motions not in force, at every `RECORD_TICKS`-th tick.
    """

    def __init__(
        self, teacher: Teacher, rng: np.random.Generator, disturbance: Disturbance, policy: Policy | None = None,
        asks: bool = False,
    ) -> None:  # fmt: skip
        self._teacher, self._rng, self._disturbance = teacher, rng, disturbance
        self._policy, self._asks = policy, asks
        self._said: deque[LanguageMotion] = deque([HOLD], maxlen=MOTION_TICKS)
        self.lesson: Lesson | None = None
        self.ticks = 0

    def act(self, observation: Observation, motion: LanguageMotion, now: float, start: Array) -> ActionChunk:
        """The teacher's chunk under ``motion``, or the policy's."""
        expert, body, goal = self._teacher.expert, observation.body, observation.goal
        command, own = self._teacher.says(observation)
        asked: list[LanguageMotion] = []
        if self._asks and self.ticks % RECORD_TICKS == 0:
            others = [random_motion(self._rng) for _ in range(ALTERNATIVES - 1)]
            asked = [own if motion != own else self._said[-self._disturbance.look_back], *others]
        commands = [expert.follow(body, goal, command, own, m) for m in (motion, *asked)]
        velocities = expert.joint_velocities(body, commands)
        self.lesson = Lesson(own, tuple(asked), tuple(commands), velocities)
        self._said.append(own)
        self.ticks += 1
        if self._policy is not None:
            return self._policy.act(observation, motion, now, start)
        noise = self._disturbance.trouble.joint_noise
        wobble = self._rng.normal(0, noise, len(velocities[0])) if noise else 0.0
        return chunk_from_velocity(now, start, velocities[0] + wobble, commands[0].closed)


class DemonstrationRecorder(Subscriber):
    """Records a training row per lesson with questions; names are the dataset's columns."""

    def __init__(
        self, spec: RobotSpec, rng: np.random.Generator, demonstrator: Demonstrator, teacher: Teacher,
        tasks: OracleTasks,
    ) -> None:  # fmt: skip
        self._rng, self._demonstrator, self._tasks = rng, demonstrator, tasks
        self._neighbourhood = Neighbourhood(spec, teacher.expert)
        self.rows: dict[str, list[NDArray[np.float32]]] = {}

    def ticked(self, tick: Tick) -> None:
        """Add a row: features, motion, action and counterfactual answers."""
        lesson, seen, motion = self._demonstrator.lesson, tick.observation, tick.motion
        if lesson is None or not lesson.asked or seen is None or motion is None:
            return
        actions = np.column_stack([lesson.velocities, [float(c.closed) for c in lesson.commands]])
        judged, labels = self._tasks.labels(seen, tick.scene)
        near = self._neighbourhood.draw(self._rng, seen.body, seen.goal, motion)
        self._add(
            critic_features=judged,
            critic_label=labels,
            near_features=near.features.ravel(),
            near_own=near.own.ravel(),
            near_motions=near.motions.ravel(),
            near_actions=near.actions.ravel(),
            state=np.append(tick.state.position, tick.state.gripper),
            features=seen.features,
            own=lesson.own.encode(),
            motion=motion.encode(),
            action=actions[0],
            other_motions=np.concatenate([m.encode() for m in lesson.asked]),
            other_actions=actions[1:].ravel(),
        )

    def _add(self, **row: NDArray[np.floating]) -> None:
        for key, value in row.items():
            self.rows.setdefault(key, []).append(np.asarray(value, dtype=np.float32))

    @property
    def count(self) -> int:
        """How many rows there are."""
        return len(self.rows.get("features", ()))

    def take(self) -> dict[str, NDArray[np.float32]]:
        """The columns (T, k) float32 recorded since the last call."""
        columns = {key: np.stack(value) for key, value in self.rows.items()}
        self.rows.clear()
        return columns
