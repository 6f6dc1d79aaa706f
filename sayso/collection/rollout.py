"""One arm in one world with true scenes: runs tasks with any mix of expert, policy and motion planner, and records."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from hardware.guard import Guard
from hardware.loop import ControlLoop
from hardware.types import Array, JointState, JointTarget
from perception.scene import Scene
from planner.focus import focus_of
from planner.plan import Relation, Subtask, Verb
from sayso.collection.expert import Expert, goal_of, hand_of
from sayso.collection.ground_truth import true_scene
from sayso.collection.motions import random_motion
from sayso.collection.neighbours import NEIGHBOURS, Neighbourhood
from sim import tasks
from sim.arms import ArmModel, panda
from sim.robot import SimArm
from sim.spawn import spawn_area
from sim.teacher import in_hand
from sim.world import World
from skills.body import BodySense
from skills.executor import POLICY_HZ, ActionChunk, Executor, chunk_from_velocity, cycles_a_tick
from skills.features import Proprioception, features
from skills.focus import Focus
from skills.motion import HOLD, GripperAction, LanguageMotion

PolicyFn = Callable[[NDArray[np.float32], LanguageMotion, float, Array], ActionChunk]
MotionFn = Callable[[NDArray[np.float32]], LanguageMotion]
MOTION_TICKS = 10
RECORD_TICKS = 2
ALTERNATIVES = 2


@dataclass(frozen=True, slots=True)
class Task:
    """Put ``block`` in ``relation`` to ``reference``; without a relation, only pick it up."""

    block: str
    relation: Relation | None = None
    reference: str | None = None


@dataclass
class Recording:
    """Rows for training, one every `RECORD_TICKS` policy ticks; names are the dataset's columns."""

    rows: dict[str, list[NDArray[np.float32]]] = field(default_factory=dict)

    def add(self, **row: NDArray[np.floating]) -> None:
        """Append a row."""
        for key, value in row.items():
            self.rows.setdefault(key, []).append(np.asarray(value, dtype=np.float32))

    def arrays(self) -> dict[str, NDArray[np.float32]]:
        """Columns as (T, k) float32."""
        return {key: np.stack(value) for key, value in self.rows.items()}


@dataclass(frozen=True, slots=True)
class Trouble:
    """How a rollout is disturbed: chances a second of each, and how strongly."""

    detours: float = 0.0
    shoves: float = 0.0
    drops: float = 0.0
    scene_noise: float = 0.0
    joint_noise: float = 0.0


CLEAN = Trouble()
DISTURBED = Trouble(detours=0.15, shoves=0.08, drops=0.04, joint_noise=0.1)
ROUGH = Trouble(detours=0.35, shoves=0.08, drops=0.05, scene_noise=0.002, joint_noise=0.1)


class TrueRollout:
    """An arm in ``world``; ``policy`` acts (None: the expert), ``motions`` speaks (None: the teacher)."""

    def __init__(
        self,
        world: World,
        rng: np.random.Generator,
        *,
        policy: PolicyFn | None = None,
        motions: MotionFn | None = None,
        trouble: Trouble = CLEAN,
        record: bool = False,
        held_motions: bool = True,
    ) -> None:
        self.world, self.rng, self.trouble = world, rng, trouble
        self.policy, self.motions = policy, motions
        self.robot = SimArm(world)
        self.robot.connect()
        spec = self.robot.spec
        self.expert, self.sense, self.executor = Expert(spec), BodySense(spec), Executor(spec)
        self.neighbourhood = Neighbourhood(spec, self.expert)
        (x0, x1), (y0, y1) = spawn_area(spec.reach)
        # What lies that far out is not got back.
        self._lost = (x0 - 0.08, x1 + 0.13), (y0 - 0.15, y1 + 0.15)
        state = self.robot.read()
        self.executor.reset(state)
        guard = Guard(spec, 1 / spec.control_hz)
        guard.reset(state)
        self.loop = ControlLoop(self.robot, guard, self._source)
        self.recording = Recording() if record else None
        self._every = MOTION_TICKS if held_motions else 1
        self._cycle = self._tick = self._detour = 0
        self._said: deque[LanguageMotion] = deque([HOLD], maxlen=MOTION_TICKS)
        self._motion = self._detour_motion = HOLD
        self._noise = {
            o.id: np.append(rng.normal(0, trouble.scene_noise, 3), rng.normal(0, 8 * trouble.scene_noise))
            for o in world.scene.objects
        }
        self._task: Task | None = None
        self._verb = Verb.PICK
        self._tool = np.zeros(3)
        self._place: Array | None = None
        self._scene: Scene | None = None
        self._deadline = np.inf
        self.finished = False
        self.override: LanguageMotion | None = None
        self.last_focus: Focus | None = None

    def run(self, task: Task, limit_s: float = 20.0) -> bool:
        """Carry out ``task`` within ``limit_s`` simulated seconds; the verdict is the truth's."""
        self.begin(task)
        self._deadline = self.robot.clock.now() + limit_s
        self.loop.run(lambda: self.finished or self.robot.clock.now() >= self._deadline)
        return self.verdict(task)

    def go_on(self, seconds: float) -> None:
        """Drive on for so long, whatever becomes of the task."""
        self.loop.run(self.robot.clock.now() + seconds)

    def begin(self, task: Task) -> None:
        """Take up ``task`` without moving yet."""
        self._task, self.finished, self._place = task, False, None
        self._verb, self._tick = Verb.PICK, 0
        self._before = self.world.truth()

    @property
    def tool(self) -> Array:
        """Where the tool is, (3,) m."""
        return self._tool

    def verdict(self, task: Task) -> bool:
        """Whether ``task`` is done, by the truth."""
        truth = self.world.truth()
        if task.relation is None:
            return tasks.is_lifted(truth, self._before, task.block)
        assert task.reference is not None
        if task.relation is Relation.IN:
            return tasks.is_in(truth, task.block, task.reference)
        if task.relation is Relation.ON:
            return tasks.is_on(truth, task.block, task.reference)
        side = {Relation.LEFT: "left", Relation.RIGHT: "right", Relation.FRONT: "front", Relation.BEHIND: "behind"}
        return tasks.is_beside(truth, task.block, task.reference, side[task.relation])

    def _subtask(self) -> Subtask:
        assert self._task is not None
        t = self._task
        if self._verb is Verb.PICK:
            return Subtask(Verb.PICK, t.block, t.block)
        return Subtask(Verb.PLACE, t.block, t.block, t.relation, t.reference, t.reference)

    def _focus(self, scene: Scene, freeze: bool = True) -> Focus:
        focus = focus_of(self._subtask(), scene, reach=self.robot.spec.reach)
        task = self._task
        assert task is not None
        if focus.place is not None and task.relation not in (Relation.IN, Relation.ON):
            if self._place is None and freeze:
                self._place = focus.place
            if self._place is not None:
                focus = replace(focus, place=self._place)
        return focus

    def _judge(self, body: Proprioception, focus: Focus) -> tuple[Array, Array]:
        """Features and labels of both subtasks here, for the critic: 0 going well, 1 done, 2 failed, -1 not asked."""
        task = self._task
        assert task is not None and self._scene is not None
        width, z = float(focus.size[:2].max()), body.tool.position[2]
        x, y, _ = focus.position
        (x0, x1), (y0, y1) = self._lost
        gone = not (x0 < x < x1 and y0 < y < y1 and focus.position[2] > -0.03)
        lifted = focus.held and z > max(self.expert.lift, focus.clearance + 0.045 + focus.size[2]) - 0.03
        rows: list[NDArray[np.float32]] = []
        labels = [2.0 if gone else 1.0 if lifted else 0.0, -1.0]
        for verb in (Verb.PICK, Verb.PLACE):
            if verb is Verb.PLACE and task.relation is None:
                rows.append(np.zeros_like(rows[0]))
                continue
            now, self._verb = self._verb, verb
            view = replace(self._focus(self._scene, freeze=False), held=focus.held)
            self._verb = now
            rows.append(features(body, view))
            if verb is Verb.PLACE:
                empty = not focus.held and (
                    body.opening > width + 0.012 if not body.closing else body.opening < width - 0.014
                )
                clear = z > focus.position[2] + focus.size[2] / 2 + 0.07
                there = not focus.held and self.verdict(task)
                labels[1] = 1.0 if there and clear else 2.0 if gone or (empty and not there) else 0.0
        return np.concatenate(rows), np.array(labels)

    def _look(self, body: Proprioception) -> Focus:
        """The focus of the moment, with the subtask chosen by what is true now."""
        task = self._task
        assert task is not None
        truth = self.world.truth()
        scene = true_scene(truth, self.robot.clock.now(), body.tool, 0.0, None, self._noise)
        focus = self._focus(scene)
        held = in_hand(hand_of(body), goal_of(focus))
        height = max(self.expert.lift, focus.clearance + 0.045 + focus.size[2]) - 0.03
        before = self._verb
        if self._verb is Verb.PICK:
            if held and body.tool.position[2] > height:
                if task.relation is None:
                    self.finished = True
                else:
                    self._verb = Verb.PLACE
        elif not held and not body.closing and body.opening > 0.05:
            assert focus.place is not None
            clear = body.tool.position[2] > focus.position[2] + focus.size[2] / 2 + 0.07
            if self.verdict(task) and abs(focus.position[2] - focus.size[2] / 2 - focus.place[2]) < 0.05:
                self.finished = clear
            elif clear or np.linalg.norm(focus.position - body.tool.position) > 0.06:
                self._verb, self._place = Verb.PICK, None
        if self._verb is not before:
            focus = self._focus(scene)
        if held:
            focus = replace(focus, held=True)
        self._scene = scene
        return focus

    def _source(self, state: JointState) -> JointTarget:
        now = self.robot.clock.now()
        if self._cycle % cycles_a_tick(self.robot.spec.control_hz) == 0:
            self._policy_tick(state, now)
        self._cycle += 1
        return self.executor.sample(now)

    def _policy_tick(self, state: JointState, now: float) -> None:
        body = self.sense.sense(state, self.executor.command, self.executor.closing)
        self._tool = body.tool.position
        self._disturb(body)
        focus = self._look(body)
        self.last_focus = focus
        seen = features(body, focus)
        command = self.expert.command(body, focus)
        own = self.expert.motion(body, command)
        if self._tick % self._every == 0:
            self._motion = own if self.motions is None else self.motions(seen)
        motion = self._spoken()
        start = self.executor.start(state)
        done = self.expert.follow(body, focus, command, own, motion)
        record = self.recording is not None and self._tick % RECORD_TICKS == 0
        stale = self._said[int(self.rng.integers(len(self._said)))]
        others = [random_motion(self.rng) for _ in range(ALTERNATIVES - 1)] if record else []
        said = [own if motion != own else stale, *others] if record else []
        asked = [done, *(self.expert.follow(body, focus, command, own, m) for m in said)]
        velocities = self.expert.joint_velocities(body, asked)
        velocity = velocities[0]
        if self.policy is None:
            wobble = self.rng.normal(0, self.trouble.joint_noise, len(velocity)) if self.trouble.joint_noise else 0.0
            chunk = chunk_from_velocity(now, start, velocity + wobble, done.closed)
        else:
            chunk = self.policy(seen, motion, now, start)
        if self.recording is not None and record:
            actions = np.column_stack([velocities, [float(c.closed) for c in asked]])
            judged, labels = self._judge(body, focus)
            near = [self.neighbourhood.draw(self.rng, body, focus, motion) for _ in range(NEIGHBOURS)]
            self.recording.add(
                critic_features=judged,
                critic_label=labels,
                near_features=np.concatenate([n.features for n in near]),
                near_own=np.concatenate([n.own for n in near]),
                near_motions=np.concatenate([n.motions for n in near]),
                near_actions=np.concatenate([n.actions for n in near]),
                state=np.append(state.position, state.gripper),
                features=seen,
                own=own.encode(),
                motion=motion.encode(),
                action=actions[0],
                other_motions=np.concatenate([m.encode() for m in said]),
                other_actions=actions[1:].ravel(),
            )
        self.executor.push(chunk)
        self._said.append(own)
        self._tick += 1

    def _spoken(self) -> LanguageMotion:
        if self.override is not None:
            return self.override
        if self._detour > 0:
            self._detour -= 1
            return self._detour_motion
        if self.trouble.detours and self.rng.random() < self.trouble.detours / POLICY_HZ:
            self._detour = int(self.rng.integers(10, 45))
            self._detour_motion = random_motion(self.rng)
            return self._detour_motion
        return self._motion

    def _disturb(self, body: Proprioception) -> None:
        t = self.trouble
        if t.shoves and self._task and self.rng.random() < t.shoves / POLICY_HZ:
            truth = self.world.truth()[self._task.block]
            apart = np.linalg.norm(truth.position[:2] - body.tool.position[:2]) > 0.05 or body.tool.position[2] > 0.12
            low = truth.position[2] < 0.03
            if apart and low and not body.closing:
                spot = truth.position[:2] + self.rng.uniform(-0.04, 0.04, 2)
                others = [o.position[:2] for k, o in self.world.truth().items() if k != self._task.block]
                if min((float(np.linalg.norm(spot - o)) for o in others), default=1.0) > 0.12:
                    self.world.place(
                        self._task.block, np.array([*spot, truth.position[2] + 0.001]), float(self.rng.uniform(-3, 3))
                    )
        if t.drops and body.closing and self.rng.random() < t.drops / POLICY_HZ:
            self._detour, self._detour_motion = 12, LanguageMotion(gripper=GripperAction.OPEN)


def default_arm() -> ArmModel:
    """The arm that demonstrations are made with unless another is named."""
    return panda()
