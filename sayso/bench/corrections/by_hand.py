"""A model of a person who moves the arm by hand, for demonstrations of the same effort as corrections."""

from __future__ import annotations

from collections.abc import Callable

from sayso.bench.corrections.worth import Wish
from sayso.demonstrations.expert import Expert
from sayso.hardware.types import Array
from sayso.runtime.subscriber import Tick
from sayso.session import Session
from sayso.skills.features import Observation
from sayso.skills.motion import LanguageMotion
from sayso.skills.policy import ActionChunk, chunk_from_velocity


class Hands:
    """Motion source and policy of ``session`` in one: does what ``wishes(tick)`` would rather see, by the expert."""

    def __init__(self, session: Session, wishes: Callable[[Tick], Wish]) -> None:
        self._session, self._wishes = session, wishes
        self._expert = Expert(session.robot.spec)

    def next_motion(self, observation: Observation) -> LanguageMotion:
        """What the hand is about to do, in words."""
        wanted = self._wanted(observation)
        body = wanted.body
        return self._expert.motion(body, self._expert.command(body, wanted.goal))

    def act(self, observation: Observation, motion: LanguageMotion, now: float, start: Array) -> ActionChunk:
        """The person's own way."""
        wanted = self._wanted(observation)
        command = self._expert.command(wanted.body, wanted.goal)
        velocity = self._expert.joint_velocities(wanted.body, [command])[0]
        return chunk_from_velocity(now, start, velocity, command.closed)

    def _wanted(self, observation: Observation) -> Observation:
        """``observation`` with the goal that the person would rather have."""
        runtime, robot = self._session.runtime, self._session.robot
        assert runtime.scene is not None
        tick = Tick(robot.clock.now(), robot.read(), observation.body, runtime.scene, observation)
        goal = self._wishes(tick).goal
        return observation if goal is None else Observation.of(observation.body, goal)
