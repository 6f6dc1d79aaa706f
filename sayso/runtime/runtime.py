"""The runtime: one policy tick for product, demonstrations and benchmarks, in which a spoken motion overrides."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import Protocol

import numpy as np

from sayso.hardware.control.loop import Cycle, Loop, Source
from sayso.hardware.robot import Robot
from sayso.hardware.types import Frame, JointState, JointTarget, Pose
from sayso.perception.pipeline import Perception
from sayso.perception.scene import Scene
from sayso.planner.corrections.speed import Pace
from sayso.planner.execution.motion_planner import MotionSource
from sayso.runtime.log import Heard, Log
from sayso.runtime.subscriber import Subscriber, Tick
from sayso.runtime.tasks import Tasks
from sayso.skills.features import Observation, Proprioception
from sayso.skills.goal import SubtaskGoal
from sayso.skills.labels import WINDOW_S, label
from sayso.skills.motion import HOLD, LanguageMotion, Speed
from sayso.skills.policy import ActionChunk, Executor, Policy, at_pace, chunk_from_velocity, cycles_a_tick
from sayso.skills.proprioception import ProprioceptionEstimator
from sayso.skills.release import Release
from sayso.skills.travel import Drive

HOVER_M = 0.03
Leg = tuple[LanguageMotion, float]
"""A motion and its seconds."""


class MotionOverride:
    """Spoken motions, one after the other, each for its time, and a spoken pace, valid until the next one.

    Times are s on the robot's clock. ``pace`` is a fraction of the usual speed.
    """

    def __init__(self) -> None:
        self.pace = 1.0
        self.withdraw()

    def withdraw(self) -> None:
        """Drop the motions; the pace stays."""
        self._legs: list[tuple[LanguageMotion, float]] = []  # each with its end, s

    def move(self, motion: LanguageMotion, now: float, seconds: float, then: Sequence[Leg] = ()) -> None:
        """Replace the planner's motion by ``motion``, for as far as it goes in ``seconds`` at the usual speed.

        After it come the motions of ``then``, each with its seconds.
        """
        self._legs, until = [], now
        for one, length in ((motion, seconds), *then):
            until += length / self._pace_of(one)
            self._legs.append((one, until))

    def set_pace(self, pace: Pace, now: float) -> None:
        """Set the pace from ``now`` on; a motion in force keeps its distance."""
        before, self.pace = self.pace, pace.after(self.pace)
        legs, began, until = [(m, end) for m, end in self._legs if now < end], now, now
        self._legs = []
        for motion, end in legs:
            stretch = before / self.pace if _keeps_pace(motion) else 1.0
            until, began = until + (end - began) * stretch, end
            self._legs.append((motion, until))

    def motion(self, now: float) -> LanguageMotion | None:
        """The motion in force at ``now`` s, or None."""
        return next((motion for motion, until in self._legs if now < until), None)

    def pace_at(self, now: float) -> float:
        """The pace at ``now`` s: 1 during a motion that names its own speed or holds still."""
        motion = self.motion(now)
        return self.pace if motion is None else self._pace_of(motion)

    def _pace_of(self, motion: LanguageMotion) -> float:
        return self.pace if _keeps_pace(motion) else 1.0


def _keeps_pace(motion: LanguageMotion) -> bool:
    """Whether ``motion`` goes at the pace that a person has set: it names no speed of its own and does not hold."""
    return motion.speed is Speed.PLAIN and not motion.is_hold


def grounded(motion: LanguageMotion, scene: Scene, tool: Pose) -> LanguageMotion:
    """``motion`` with "toward" or "away from" an object turned into directions from the ``tool``."""
    if motion.toward is None:
        return motion
    goal = next((o for o in scene.objects if motion.toward in (o.name, o.id)), None)
    if goal is None:
        return HOLD
    way = goal.position + np.array([0, 0, goal.size[2] / 2 + HOVER_M]) - tool.position
    way = way * (-1 if motion.away else 1) * np.array([1, 1, 0 if motion.away else 1])
    plain = label(np.append(way / max(float(np.linalg.norm(way)), 1e-6) * 0.05, np.zeros(3)))
    return LanguageMotion(
        (*plain.steps, *motion.steps)[:3], motion.gripper, motion.speed if plain.steps else Speed.PLAIN
    )


MakeLoop = Callable[[Source, Callable[[Cycle], None]], Loop]
MOTION_TICKS = 10  # policy ticks per language motion


class Restraint(Protocol):
    """What bends the motion while constraints hold."""

    def motion(self, motion: LanguageMotion, observation: Observation, scene: Scene) -> LanguageMotion:
        """``motion``, or the one that takes its place."""
        ...

    def chunk(self, chunk: ActionChunk, body: Proprioception, scene: Scene) -> ActionChunk:
        """``chunk``, changed as far as the constraints need it."""
        ...


class Runtime:
    """Drives ``robot``: an action chunk at every policy tick, a joint target at every loop cycle.

    ``perception`` gives the scene, ``tasks`` the goal, ``motions`` the language motion for ``motion_ticks`` policy
    ticks, ``policy`` the chunk. An ``override`` in force replaces the language motion. A ``restraint`` bends motions
    and chunks. ``subscribers`` receive all events.
    """

    def __init__(
        self, robot: Robot, make_loop: MakeLoop, *, perception: Perception, tasks: Tasks, motions: MotionSource,
        policy: Policy, override: MotionOverride | None = None, log: Log | None = None,
        subscribers: Sequence[Subscriber] = (), motion_ticks: int = MOTION_TICKS, restraint: Restraint | None = None,
    ) -> None:  # fmt: skip
        self.robot, self.perception, self.tasks, self.motions, self.policy = robot, perception, tasks, motions, policy
        self.override, self.log = override or MotionOverride(), log or Log()
        self.subscribers, self.motion_ticks, self.restraint = list(subscribers), motion_ticks, restraint
        self.loop = make_loop(self._target, self._cycle_ended)
        self.sense, self.executor, self.release = ProprioceptionEstimator(robot.spec), Executor(robot.spec), Release()
        self.executor.reset(robot.read())
        self.scene: Scene | None = None
        self.motion: LanguageMotion = HOLD  # the motion source's newest
        self.ticks = 0
        self.body: Proprioception | None = None
        self.goal: SubtaskGoal | None = None  # of the last tick
        self._per_tick = cycles_a_tick(1 / self.loop.period_s)
        self._cycle = 0
        self._due = self._hurried = self._answering = False
        perception.subscribe(self._frame_read)

    def subscribe(self, subscriber: Subscriber) -> None:
        """Add ``subscriber`` after the present ones."""
        self.subscribers.append(subscriber)

    def unsubscribe(self, subscriber: Subscriber) -> None:
        """Remove ``subscriber``."""
        self.subscribers.remove(subscriber)

    def close(self) -> None:
        """Unsubscribe from the perception before another runtime takes over."""
        self.perception.unsubscribe(self._frame_read)

    def observe(self) -> Scene:
        """The scene from fresh frames; blocks for the detector, so the arm must stand."""
        state = self.robot.read()
        body = self.sense.sense(state, self.executor.command, self.executor.closing)
        self.scene = self.perception.observe(state, body.tool, body.closing)
        return self.scene

    def hurry(self) -> None:
        """Tick in this or the next cycle: the goal or the motion has changed."""
        self._hurried = True

    def answer(self) -> None:
        """Give the hurried tick precedence over the cameras for one cycle: a correction changed the motion."""
        self._answering = True

    def rest(self) -> None:
        """Cancel `hurry`: tick at the usual time."""
        self._hurried = False

    def forget(self) -> None:
        """Reset motion and pending ticks for a new instruction."""
        self.motion, self._due, self._hurried, self._answering = HOLD, False, False, False

    def run(self, until: Callable[[], bool] | float) -> None:
        """Run the loop until ``until()`` is true, or until that time (s on the robot's clock)."""
        for subscriber in self.subscribers:
            subscriber.run_began(self)
        self.loop.run(until)

    def tick(self, state: JointState, now: float, look: bool = True) -> None:
        """One policy tick; without ``look`` it uses the body and the scene of the last tick."""
        if look or self.body is None or self.scene is None:
            self._sense(state, now)
        assert self.body is not None and self.scene is not None
        body, scene = self.body, self.scene
        self._hurried = self._answering = False
        tick = Tick(now, state, body, scene)
        goal, self.goal = self.tasks.goal(scene, body, now), None
        if isinstance(goal, Drive):
            self._drive(state, goal, body, scene, now)
        elif goal is None:
            self.executor.hold()
        else:
            observation = Observation.of(body, goal)
            if look and self.ticks % self.motion_ticks == 0:
                observation = self._choose_motion(observation, scene, now)
            self.goal = observation.goal
            tick = self._act(state, observation, scene, now)
        if look:
            self.ticks += 1
        for subscriber in self.subscribers:
            subscriber.ticked(tick)

    def _sense(self, state: JointState, now: float) -> None:
        body = self.sense.sense(state, self.executor.command, self.executor.closing)
        self.executor.opening = self.release.target(state, body.tool.position, self.executor.closing)
        for subscriber in self.subscribers:
            subscriber.sensed(state, body, now)
        began = time.perf_counter()
        self.scene = self.perception.update(state, body.tool, body.closing)
        self.log.time("scene", began)
        self.body, self._due = body, False

    def _choose_motion(self, observation: Observation, scene: Scene, now: float) -> Observation:
        """Choose the next motion and return its observation, whose goal the review may have changed."""
        reviewed = self.tasks.review(observation, scene, now)
        if reviewed is None:
            self.motion = HOLD
            return observation
        began = time.perf_counter()
        self.motion = self.motions.next_motion(reviewed)
        if self.restraint is not None:
            self.motion = self.restraint.motion(self.motion, reviewed, scene)
        self.log.time("motion", began)
        return reviewed

    def _act(self, state: JointState, observation: Observation, scene: Scene, now: float) -> Tick:
        ordered = self.override.motion(now)
        motion = self.motion if ordered is None else ordered
        self.log.motion(now, motion, "planner" if ordered is None else "operator")
        motion = grounded(motion, scene, observation.body.tool)
        began = time.perf_counter()
        chunk = self.policy.act(observation, motion, now, self.executor.start(state))
        chunk = at_pace(chunk, self.override.pace_at(now))
        if self.restraint is not None:
            chunk = self.restraint.chunk(chunk, observation.body, scene)
        self.log.time("policy", began)
        self.executor.push(chunk)
        return Tick(now, state, observation.body, scene, observation, motion, chunk)

    def _drive(self, state: JointState, drive: Drive, body: Proprioception, scene: Scene, now: float) -> None:
        """Move the arm as it says, under the pace and the constraints that bind a policy, too."""
        if self.ticks % self.motion_ticks == 0:
            grips = 0.0 if drive.closed == body.closing else -1.0 if drive.closed else 1.0
            self.motion = label(drive.twist * WINDOW_S, grips)
            self.log.motion(now, self.motion, "planner")
        chunk = chunk_from_velocity(now, self.executor.start(state), drive.velocity, drive.closed)
        chunk = at_pace(chunk, self.override.pace_at(now))
        self.executor.push(chunk if self.restraint is None else self.restraint.chunk(chunk, body, scene))

    def _target(self, state: JointState) -> JointTarget | None:
        """The joint target of this cycle; the loop does not call it while stopped."""
        now = self.robot.clock.now()
        for subscriber in self.subscribers:
            subscriber.cycle_began(now)
        if self.loop.stopped:
            return None
        on_tick = self._cycle % self._per_tick == 0
        self._due |= on_tick
        # A correction delays the cameras by one cycle at most, however many arrive.
        look = self._due and not (on_tick and self._hurried and self._answering and self.body is not None)
        if look or self._hurried:
            self.tick(state, now, look)
        self._cycle += 1
        return self.executor.sample(now)

    def _cycle_ended(self, cycle: Cycle) -> None:
        for subscriber in self.subscribers:
            subscriber.cycle_ended(cycle)

    def _frame_read(self, frame: Frame) -> None:
        for subscriber in self.subscribers:
            subscriber.frame_read(frame)

    def heard(self, heard: Heard) -> None:
        """Pass a correction to the subscribers."""
        for subscriber in self.subscribers:
            subscriber.heard(heard)
