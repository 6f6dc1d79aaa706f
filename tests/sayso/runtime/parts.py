"""A runtime on a mock arm and a fake clock, its parts made by hand: what each was asked is in one list."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from sayso.hardware.arms.load import load_arm
from sayso.hardware.clock import FakeClock
from sayso.hardware.control.guard import Guard
from sayso.hardware.control.loop import ControlLoop, Cycle
from sayso.hardware.mock_robot import MockRobot
from sayso.hardware.types import Array, Frame, JointState, Pose
from sayso.perception.scene import COLORS, KINDS, Scene, SceneObject
from sayso.planner.execution.critic import Judgement, State
from sayso.planner.plan import Answer, Plan, Planner, Subtask, Verb
from sayso.runtime.components import Components
from sayso.runtime.executive import Executive
from sayso.runtime.hearing.command_queue import CommandQueue
from sayso.runtime.log import Heard
from sayso.runtime.runtime import Runtime
from sayso.runtime.subscriber import Subscriber, Tick
from sayso.skills.features import Observation, Proprioception
from sayso.skills.goal import SubtaskGoal
from sayso.skills.motion import LanguageMotion, parse
from sayso.skills.policy import ActionChunk, chunk_from_velocity
from tests.planner.corrections.reading import answers, reader

SPEC = load_arm("panda")
FORWARD, LEFT, UP = parse("move arm forward"), parse("move arm left"), parse("move arm up")
SPEED = {FORWARD: 0.1, LEFT: 0.2, UP: 0.3}  # rad/s of the first joint
GOAL = SubtaskGoal.of_box(np.array([0.5, 0.0, 0.02]), np.full(3, 0.04), 0.0)


def block(color: str, y: float) -> SceneObject:
    return SceneObject(
        color, {k: float(k == "block") for k in KINDS}, {c: float(c == color) for c in COLORS},
        np.array([0.5, y, 0.02]), np.full(3, 0.04),
    )  # fmt: skip


TABLE = (block("red", 0.1), block("green", -0.1))


class Eyes:
    """A perception that sees ``objects`` and reads a frame a tick."""

    def __init__(self, asked: list[str], objects: Sequence[SceneObject] = TABLE) -> None:
        self.asked, self.objects, self._followers = asked, tuple(objects), list[Callable[[Frame], None]]()

    def observe(self, state: JointState, tool: Pose, closing: bool) -> Scene:
        self.asked.append("observe")
        return self._scene(state, tool)

    def update(self, state: JointState, tool: Pose, closing: bool) -> Scene:
        self.asked.append("scene")
        for follower in self._followers:
            follower(Frame(state.t, "front", np.zeros((2, 2, 3), np.uint8), None, np.eye(3), tool))
        return self._scene(state, tool)

    def _scene(self, state: JointState, tool: Pose) -> Scene:
        held = next((o.id for o in self.objects if o.held), None)
        return Scene(state.t, self.objects, tool, state.gripper, held)

    def reset(self) -> None: ...

    def show(self) -> None: ...

    def subscribe(self, on_frame: Callable[[Frame], None]) -> None:
        self._followers.append(on_frame)

    def unsubscribe(self, on_frame: Callable[[Frame], None]) -> None:
        self._followers.remove(on_frame)

    def close(self) -> None: ...


class Parts:
    """Tasks, motion source and policy: goal `GOAL` unless there is ``no_goal``, motions in turn, `SPEED` of each."""

    def __init__(self, asked: list[str]) -> None:
        self.asked, self.no_goal, self.over = asked, False, False
        self.motions = [FORWARD, UP]
        self.acted: list[LanguageMotion] = []

    def goal(self, scene: Scene, body: Proprioception, now: float) -> SubtaskGoal | None:
        self.asked.append("goal")
        return None if self.no_goal else GOAL

    def review(self, observation: Observation, scene: Scene, now: float) -> Observation | None:
        self.asked.append("review")
        return None if self.over else observation

    def next_motion(self, observation: Observation) -> LanguageMotion:
        self.asked.append("motion")
        self.motions.append(self.motions.pop(0))
        return self.motions[-1]

    def act(self, observation: Observation, motion: LanguageMotion, now: float, start: Array) -> ActionChunk:
        self.asked.append("policy")
        self.acted.append(motion)
        velocity = np.zeros(SPEC.dof)
        velocity[0] = SPEED.get(motion, 0.0)
        return chunk_from_velocity(now, start, velocity, closed=False)


class Follower(Subscriber):
    """Writes every event into the same list."""

    def __init__(self, asked: list[str]) -> None:
        self.asked = asked
        self.ticks: list[Tick] = []
        self.cycles: list[Cycle] = []
        self.frames: list[Frame] = []
        self.words: list[Heard] = []

    def run_began(self, runtime: Runtime) -> None:
        self.asked.append("run")

    def cycle_began(self, now: float) -> None:
        self.asked.append("cycle")

    def sensed(self, state: JointState, body: Proprioception, now: float) -> None:
        self.asked.append("sensed")

    def ticked(self, tick: Tick) -> None:
        self.asked.append("ticked")
        self.ticks.append(tick)

    def cycle_ended(self, cycle: Cycle) -> None:
        self.cycles.append(cycle)

    def frame_read(self, frame: Frame) -> None:
        self.frames.append(frame)

    def heard(self, heard: Heard) -> None:
        self.words.append(heard)


def mock_arm() -> MockRobot:
    robot = MockRobot(SPEC, FakeClock(10.0))
    robot.connect()
    return robot


def make_loop(robot: MockRobot):  # type: ignore[no-untyped-def]
    return lambda source, on_cycle: ControlLoop(robot, Guard(SPEC, 1 / SPEC.control_hz), source, on_cycle)


class RuntimeRig:
    """A runtime with parts made by hand."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.robot, self.parts, self.follower = mock_arm(), Parts(self.asked), Follower(self.asked)
        self.eyes = Eyes(self.asked)
        self.runtime = Runtime(
            self.robot, make_loop(self.robot), perception=self.eyes, tasks=self.parts, motions=self.parts,
            policy=self.parts, subscribers=[self.follower],
        )  # fmt: skip

    def run(self, seconds: float) -> list[str]:
        """Drive for so long; what was asked meanwhile."""
        self.asked.clear()
        self.runtime.run(self.robot.clock.now() + seconds)
        return list(self.asked)


class PlanOf(Planner):
    """A planner that picks up the object whose color the instruction names."""

    name = "by color"

    def __init__(self) -> None:
        self.instructions: list[str] = []

    def plan(self, instruction: str, scene: Scene, *, done: Sequence[Subtask] = (), deadline_s: float = 10.0) -> Answer:
        self.instructions.append(instruction)
        color = next(c for c in ("green", "red") if c in instruction)
        return Plan((Subtask(Verb.PICK, color, f"{color} block"),))


class Calm:
    """A critic that says ``state`` every time."""

    state = State.GOING

    def reset(self) -> None: ...

    def judge(self, features: np.ndarray) -> Judgement:
        return Judgement(0.0, 0.0, self.state)


class ExecutiveRig:
    """An executive with its operator and runtime; `drive` lets time go by."""

    def __init__(
        self, instruction: str = "pick up the red block", limit_s: float = 60.0, planner: Planner | None = None,
        objects: Sequence[SceneObject] = TABLE,
    ) -> None:  # fmt: skip
        self.asked: list[str] = []
        self.robot, self.parts, self.follower = mock_arm(), Parts(self.asked), Follower(self.asked)
        self.parts.motions = [FORWARD]
        self.planner, self.queue, self.critic = planner or PlanOf(), CommandQueue(), Calm()
        self.eyes = Eyes(self.asked, objects)
        components = Components(
            self.parts,
            self.parts,
            self.critic,
            self.planner,
            self.eyes,
            corrections=reader(),
            answers=answers(),  # type: ignore[arg-type]
        )
        self.executive = Executive(self.robot, make_loop(self.robot), components, self.queue)
        self.runtime, self.operator = self.executive.runtime, self.executive.operator
        self.runtime.subscribe(self.follower)
        self.runtime.observe()
        self.executive.begin(instruction, limit_s)

    @property
    def now(self) -> float:
        return self.robot.clock.now()

    def drive(self, seconds: float, *words: str) -> None:
        """Say ``words`` now and drive for so long, or until the run is over."""
        for text in words:
            self.queue.say(text, self.now)
        end = self.now + seconds
        self.runtime.run(lambda: self.executive.outcome is not None or self.now >= end)

    @property
    def speed(self) -> float:
        """How fast (rad/s) the first joint is wanted to go; 0 in a stopped loop."""
        wanted = self.follower.cycles[-1].wanted
        return 0.0 if wanted is None else float(wanted.velocity[0])

    @property
    def object(self) -> str | None:
        """What the current subtask is about."""
        current = self.executive.supervisor.current
        return None if current is None else current.object_id
