"""The stack while it runs: words, scene, critic, motions and policy on their own clocks, one target a loop cycle."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from hardware.loop import ControlLoop, Cycle, Source
from hardware.robot import Robot, RobotError
from hardware.types import Array, JointState, JointTarget
from perception.pipeline import Perception
from perception.scene import Scene
from planner.background import BackgroundPlanner
from planner.correction_speed import Pace
from planner.corrections import Correction, Embed, amended, read_correction
from planner.critic import Critic, Judgement, State
from planner.ending import given_up, in_hand, leave_without_room, setting_down, unmet
from planner.evidence import Evidence
from planner.familiar import Lateness, too_wide, unlike_training
from planner.focus import LostObject, focus_of
from planner.instruction_pace import pace_of
from planner.motion_planner import MotionPlanner
from planner.plan import Answer, Plan, Planner, Question, Refusal, Relation, Subtask
from planner.supervisor import LOST, SUBTASK_LIMIT_S, Level, Replan, Supervisor
from sayso.after_stop import Wish, in_doubt, wished
from sayso.inbox import Inbox, Word
from sayso.latency import Latencies
from sayso.log import Heard, Log
from sayso.orders import Orders, grounded
from sayso.result import Outcome, RobotEvent
from skills.body import BodySense
from skills.executor import Executor, at_pace, cycles_a_tick
from skills.features import Proprioception, features
from skills.focus import Focus
from skills.motion import HOLD, LanguageMotion
from skills.policy import Policy

MakeLoop = Callable[[Source, Callable[[Cycle], None]], ControlLoop]
MOTION_TICKS = 10
STOP_GRACE_S = 1.0


@dataclass(frozen=True, slots=True)
class Parts:
    """The learned parts and the planner that a stack is made of."""

    policy: Policy
    motions: MotionPlanner
    critic: Critic
    planner: Planner
    perception: Perception
    embed: Embed | None = None


class Stack:
    """Carries out instructions on ``robot``, one after another. `outcome` is set when the robot is finished.

    ``outcome`` is what the robot believes: done, failed, asked, refused, stopped or timeout; None while under way.
    An arm that was stopped at ``stopped_at`` s waits ``go_on_s`` for "go on" before the run ends; ``wish`` is where a
    person sends it instead. ``faulty``: the arm or a camera failed.
    """

    def __init__(
        self, robot: Robot, make_loop: MakeLoop, parts: Parts, inbox: Inbox, viewpoint_yaw: float = 0.0
    ) -> None:
        self.robot, self.parts, self.inbox = robot, parts, inbox
        self.viewpoint_yaw = viewpoint_yaw
        self.go_on_s = STOP_GRACE_S
        self.loop = make_loop(self._source, self._after)
        self.sense, self.executor = BodySense(robot.spec), Executor(robot.spec)
        state = robot.read()
        self.executor.reset(state)
        self.background = BackgroundPlanner(parts.planner) if getattr(parts.planner, "remote", False) else None
        self.scene: Scene | None = None
        self._per_tick = cycles_a_tick(1 / self.loop.period_s)
        self._cycle = self._tick = 0
        self._body: Proprioception | None = None
        self.driven = self.driving = False
        self._orders = Orders()
        self._pace_before: float | None = None  # the one that the instruction under way changed
        self._forget()

    def _forget(self) -> None:
        """Nothing of an earlier instruction is left but a pace said meanwhile, which stays until another is said."""
        if self._pace_before is not None:
            self._orders.pace, self._pace_before = self._pace_before, None
        self.supervisor, self.evidence, self.log = Supervisor(), Evidence(), Log()
        self.noticed: list[RobotEvent] = []
        self.heeded: list[RobotEvent] = []  # what of the instruction the plan does not show
        self._lateness = Lateness()
        self.outcome: Outcome | None = None
        self.question: Question | None = None
        self.refusal: Refusal | None = None
        self.wish: Wish | None = None
        self.faulty = self._ends = False
        self.stopped_at: float | None = None
        self.waited_s: float | None = None  # how long it stood then, until the run ended
        self.instruction = ""
        self._fresh = self._due = self._answers = False
        self._motion = HOLD
        self._latencies = Latencies()
        self._orders.withdraw()
        self.supervisor.patience = self._patience
        self._failing = False  # it has failed and sets down what is in the hand
        self._place: tuple[Subtask, Array] | None = None
        self._anchors: dict[str, Array] = {}
        self._focus: Focus | None = None
        self._judgement = Judgement(0.0, 0.0, State.GOING)
        self._deadline = np.inf

    def clear(self) -> None:
        """A person wants something new: forget the last instruction, and let go of a stop that ended it."""
        self._forget()
        if self.loop.stopped:
            self.loop.release()
        if self.driven:
            self.executor.go_on(self.robot.read())

    def end(self) -> None:
        """End the run under way without waiting for "go on", from any thread; the arm was stopped before."""
        self._ends = True

    def look(self) -> Scene:
        """See once, without moving."""
        state = self.robot.read()
        body = self.sense.sense(state, self.executor.command, self.executor.closing)
        self.scene = self.parts.perception.observe(state, body.tool, body.closing)
        return self.scene

    def begin(self, instruction: str, limit_s: float) -> None:
        """Plan ``instruction`` on the scene seen last and start on it; ``limit_s`` from now is the time-out."""
        assert self.scene is not None
        self.instruction = instruction
        self._heed_pace(instruction, self.robot.clock.now())
        self._deadline = self.robot.clock.now() + limit_s * self._patience
        began = time.perf_counter()
        answer = self.parts.planner.plan(instruction, self.scene)
        self.log.time("planner", began)
        self._take(answer, self.robot.clock.now())

    def extend(self, limit_s: float) -> None:
        """Move the time-out to ``limit_s`` from now."""
        self._deadline = self.robot.clock.now() + limit_s * self._patience

    def _take(self, answer: Answer, now: float) -> None:
        if isinstance(answer, Plan):
            assert self.scene is not None
            new = self.evidence.meant(self.instruction, self.scene, len(self.supervisor.steps))
            if new:
                self.supervisor.broken_off.clear()
                self._notice(unlike_training(answer, self.scene), now)
            if not answer.subtasks:
                self.supervisor.close("superseded")
                self._conclude(now)
                return
            if impossible := too_wide(answer, self.scene, self.robot.spec.gripper):
                self.refusal = Refusal(impossible)
                self._finish("refused")
                return
            if self._failing:  # a person wants something new while the hand is emptied
                self._failing, self.question = False, None
            self._anchors = dict(self.evidence.places)
            self.supervisor.take(answer, now)
            self._new_subtask()
            self._see_room(now)
        elif isinstance(answer, Question):
            self.question, self.outcome = answer, "asked"
            self._tell_of_hand()
        else:
            self.refusal, self.outcome = answer, "refused"

    def _notice(self, what: list[str], now: float) -> None:
        """Note what is unlike anything that the models were trained on, each thing once."""
        known = {event.text for event in self.noticed}
        self.noticed += [RobotEvent(now, text) for text in what if text not in known]

    def _new_subtask(self) -> None:
        self.parts.critic.reset()
        self._judgement = Judgement(0.0, 0.0, State.GOING)
        self._place, self._fresh = None, True
        if self.scene is not None and self.supervisor.current is not None:
            self.evidence.begin(self.scene)

    # One loop cycle -------------------------------------------------------------------------------------------

    def _source(self, state: JointState) -> JointTarget | None:
        now = self.robot.clock.now()
        self._listen(now)
        if self.loop.stopped:
            return None
        on_tick = self._cycle % self._per_tick == 0
        self._due |= on_tick
        # Words first: what the cameras show can wait for one cycle and, however much is said, no longer.
        look = self._due and not (on_tick and self._fresh and self._answers and self._body is not None)
        if look or self._fresh:
            self._act(state, now, look)
        self._cycle += 1
        return self.executor.sample(now)

    def _after(self, cycle: Cycle) -> None:
        self._latencies.written(cycle)
        if cycle.stopped:
            self._listen(cycle.t)
            if self.loop.stopped and self.stopped_at is None:  # by somebody who pressed the arm's own stop
                self._hear(Word("stop", cycle.t), cycle.t)
            waits = self.inbox.waiting or cycle.t - (self.stopped_at or 0.0) < self.go_on_s
            if self.outcome is None and self.loop.stopped and (self._ends or self.wish or not waits):
                self._finish("stopped")

    # Words ----------------------------------------------------------------------------------------------------

    def _listen(self, now: float) -> None:
        if self.inbox.take_stop():
            self._hear(Word("stop", now), now)
        for word in self.inbox.take(now):
            self._hear(word, now)

    def _hear(self, word: Word, now: float) -> None:
        assert self.scene is not None
        newest = word.stops == self.inbox.stops  # a stop that was pressed after it makes it void
        wish = wished(word.text) if self.loop.stopped and newest else None
        if wish is not None:
            self.wish = wish
            self.log.heard.append(
                Heard(word.arrived, Correction(word.text, "stop", "go home" if wish == "home" else "lie down"))
            )
            return
        wall = time.perf_counter()
        before = self.executor.sample(now).velocity
        heard = Heard(
            word.arrived,
            read_correction(
                word.text, self.scene, self.supervisor.current, self.viewpoint_yaw,
                current=self._orders.motion(now) or self._motion, rest=self.supervisor.left, embed=self.parts.embed,
            ),
        )  # fmt: skip
        self.log.heard.append(heard)
        c = heard.correction
        if c.level == "stop":
            self.loop.stop()
            self.executor.hold()
            self._orders.withdraw()
            self._stood(now)
            self.stopped_at = now
            self._latencies.expect(heard, wall, word.arrived, None)
            return
        if c.level == "resume" and self.loop.stopped and (in_doubt(word.text) or not newest):
            heard.correction = replace(c, level="ask", read_as="a question, or no plain word to go on; say go on")
            return
        if c.level == "resume":
            self._orders.withdraw()
            self._fresh = True
            if self.loop.stopped:
                self.executor.go_on(self.robot.read())
                self.loop.release()
            self._stood(now)
            self.stopped_at = None
        elif c.level == "motion" and c.motion is not None:
            self._orders.move(c.motion, now, c.duration_s)
            self._fresh = True
        elif c.level == "motion" and c.pace is not None:
            self._set_pace(c.pace, now)
            self._pace_before = None
        elif c.level == "subtask":
            self._swap(c, now)
        elif c.level == "goal" and c.instruction is not None:
            self._replan(c.instruction, now)
        else:
            return
        self._answers = True
        self._latencies.expect(heard, wall, word.arrived, before)

    def _stood(self, now: float) -> None:
        """The time in which the arm stood does not count."""
        if self.stopped_at is not None:
            self._deadline += now - self.stopped_at

    def _set_pace(self, pace: Pace, now: float) -> None:
        """Do everything at another speed; what takes longer may take longer before it is given up."""
        before, since = self._patience, now if self.stopped_at is None else self.stopped_at
        self._orders.set_pace(pace, now)
        self.supervisor.patience = self._patience
        self._deadline = since + (self._deadline - since) * self._patience / before
        self._fresh = True

    def _heed_pace(self, instruction: str, now: float) -> None:
        """Work at the speed that ``instruction`` asks for, until the next one."""
        pace = pace_of(instruction)
        if pace is not None:
            before = self._orders.pace
            self._set_pace(pace, now)
            self._pace_before = before
            self.heeded.append(RobotEvent(now, f"I do everything {pace.words}, as the instruction asks"))

    @property
    def _patience(self) -> float:
        """How many times as long as usual everything may take."""
        return 1 / min(self._orders.pace, 1.0)

    def _swap(self, c: Correction, now: float) -> None:
        """ "No, the green one": take that object where the plan has another."""
        assert self.scene is not None
        s, target = self.supervisor, self.scene.find(c.target)
        if target is None or s.current is None:
            return
        old = c.replaces
        if old is None:
            pairs = zip((s.current, *s.left), amended((s.current, *s.left), c, self.scene), strict=True)
            old = next((before.reference_id for before, after in pairs if before != after), None)
        if old is not None:
            s.swap(old, target.id, target.name, now, self.scene.held)
            self._new_subtask()

    def _replan(self, instruction: str, now: float) -> None:
        """Ask the planner for what is to be done now; one that may take long is asked in the background."""
        assert self.scene is not None
        done = self.supervisor.done if instruction == self.instruction else ()
        if instruction != self.instruction:
            self._heed_pace(instruction, now)
        self.instruction = instruction
        if self.background is not None:
            self.background.submit(instruction, self.scene, done)
            return
        began = time.perf_counter()
        answer = self.parts.planner.plan(instruction, self.scene, done=done)
        self.log.time("planner", began)
        self._take(answer, now)

    # One policy tick ------------------------------------------------------------------------------------------

    def _act(self, state: JointState, now: float, look: bool) -> None:
        if look or self._body is None or self.scene is None:
            body = self.sense.sense(state, self.executor.command, self.executor.closing)
            began = time.perf_counter()
            self.scene = self.parts.perception.update(state, body.tool, body.closing)
            self.log.time("scene", began)
            self._body, self._due = body, False
            if late := self._lateness.update(state, body.command):
                self._notice([late], now)
        body, scene = self._body, self.scene
        self._fresh = self._answers = False
        if self.background is not None:
            self._poll_planner(now)
        focus = self._current_focus(scene, now)
        if focus is not None:
            seen = features(body, focus)
            if look and self._tick % MOTION_TICKS == 0:
                focus, seen = self._think(seen, body, focus, scene, now)
            motion = self._spoken(now, scene, body)
            began = time.perf_counter()
            chunk = self.parts.policy.act(seen, motion, now, self.executor.start(state))
            chunk = at_pace(chunk, self._orders.pace_at(now))
            self.log.time("policy", began)
            self.executor.push(chunk)
        else:
            self.executor.hold()
        if look:
            self._tick += 1
        if self.outcome is None and now >= self._deadline:
            step = self.supervisor.current
            doubt = None if step is None else self.evidence.against(step, scene, body)
            if step is not None:
                self.question = Question(f"I ran out of time while I was to {step}{f': {doubt}' if doubt else ''}.")
            self._finish("timeout")

    def _poll_planner(self, now: float) -> None:
        assert self.background is not None
        found = self.background.poll()
        if found is None:
            return
        answer = found[1]
        if isinstance(answer, Exception):
            self.question, self.outcome = Question(str(answer)), "asked"
        else:
            self._take(answer, now)

    def _current_focus(self, scene: Scene, now: float) -> Focus | None:
        subtask = self.supervisor.current
        if subtask is None:
            # Nothing to do, yet a spoken motion is still obeyed: keep the last focus, or the nearest object.
            if self._orders.motion(now) is None:
                return None
            return self._focus or _nearest_focus(scene)
        try:
            focus = focus_of(
                subtask, scene, self._anchors.get(subtask.object_id), self.robot.spec.reach, self.supervisor.left
            )
        except LostObject:
            if self.supervisor.advance(State.GOING, 1.0, now, lost=LOST):
                self._changed(now)
            return None
        if focus.place is not None and subtask.relation is not Relation.ON:
            # A free place is chosen once; that in a container goes along with it.
            vessel = scene.find(subtask.reference_id) if subtask.relation is Relation.IN else None
            origin = vessel.position if vessel is not None else np.zeros(3)
            if self._place is None or self._place[0] != subtask:
                self._place = (subtask, focus.place - origin)
            focus = replace(focus, place=self._place[1] + origin)
        self._focus = focus
        return focus

    def _think(
        self, seen: np.ndarray, body: Proprioception, focus: Focus, scene: Scene, now: float
    ) -> tuple[Focus, np.ndarray]:
        """Five times a second: judge the subtask, go on to the next if it is over, choose the next motion."""
        if self.supervisor.current is not None:
            self._judgement = self.parts.critic.judge(seen)
            self.log.judgements.append((now, self._judgement))
            doubt = self.evidence.against(self.supervisor.current, scene, body)
            other = self.evidence.exchanged(self.supervisor.current, scene)
            if self.supervisor.advance(self._judgement.state, self._judgement.failed, now, other, doubt):
                self._changed(now)
                after = self._current_focus(scene, now)
                if after is None:
                    self._motion = HOLD
                    return focus, seen
                focus, seen = after, features(body, after)
        if self.supervisor.current is None:
            self._motion = HOLD
            return focus, seen
        began = time.perf_counter()
        motion = self.parts.motions.next_motion(seen)
        self.log.time("motion", began)
        self._motion = motion
        return focus, seen

    def _changed(self, now: float) -> None:
        """A subtask ended: start the next, or plan anew, ask, or finish."""
        s = self.supervisor
        self._new_subtask()
        self._fresh = False
        if self._failing:
            self._finish("failed")
            return
        if s.asks is None and not s.wants_plan and (self.scene is None or self.scene.held is None):
            # What was done stays done only as long as nothing shows otherwise: a tower may have fallen.
            undone = self.scene and self.evidence.undone(s.steps, self.scene)
            if undone:
                s.undo(*undone, now)
        if s.asks is not None:
            self._fail(s.asks, now)
        elif s.wants_plan:
            self._replan(self.instruction, now)
        elif s.current is None:
            self._conclude(now)
        else:
            self._see_room(now)

    def _see_room(self, now: float) -> None:
        assert self.scene is not None
        if leave_without_room(self.supervisor, self.scene, self._anchors, self.robot.spec.reach, now):
            self._new_subtask()
            if self.supervisor.current is None:
                self._conclude(now)

    def _conclude(self, now: float) -> None:
        """Nothing is left to do: it is done if the scene does not show otherwise and nothing was given up."""
        assert self.scene is not None
        left = given_up(self.supervisor)
        undone = None if left else unmet(self.supervisor, self.evidence, self.scene)
        if undone is not None:
            self.supervisor.undo(*undone, now)
            self._changed(now)
            return
        if left:
            self._fail(left, now)
        else:
            self._finish("done")

    def _fail(self, why: str, now: float) -> None:
        """End as failed; what is in the hand is set down first, where there is a place for it."""
        assert self.scene is not None
        self.question = Question(why)
        plan = setting_down(self.scene, self.evidence.places, self.robot.spec.reach)
        if plan is None:
            self._finish("failed")
            return
        self._failing = True
        self._anchors = dict(self.evidence.places)
        self._deadline = max(self._deadline, now + SUBTASK_LIMIT_S * self._patience + 1.0)
        self.supervisor.once(plan, now)
        self._new_subtask()

    def _spoken(self, now: float, scene: Scene, body: Proprioception) -> LanguageMotion:
        """The motion in force: the operator's while it lasts, else the planner's."""
        ordered = self._orders.motion(now)
        motion = self._motion if ordered is None else ordered
        self.log.motion(now, motion, "planner" if ordered is None else "operator")
        return grounded(motion, scene, body.tool)

    def _finish(self, outcome: Outcome) -> None:
        self.outcome = outcome
        self._tell_of_hand()
        if self.noticed and self.question is not None and outcome in ("failed", "timeout"):
            unusual = "; ".join(event.text for event in self.noticed)
            self.question = replace(self.question, text=f"{self.question.text} Unusual here: {unusual}.")
        if outcome == "stopped" and self.stopped_at is not None:
            self.waited_s = self.robot.clock.now() - self.stopped_at
        self.supervisor.close(outcome if outcome in ("stopped", "timeout") else "failed")
        if outcome == "stopped":
            self.supervisor.replans.append(Replan(self.robot.clock.now(), Level.STOP, "told to stop", 0.0))

    def _tell_of_hand(self) -> None:
        """Add to why it failed, or to what it asks, what became of the thing in the hand."""
        if self.question is None or self.outcome not in ("failed", "timeout", "asked") or not self.supervisor.steps:
            return
        held, set_down = in_hand(self.scene), self.supervisor.steps[-1:] if self._failing else []
        told = f"I still hold the {held}." if held else ""
        if set_down and not held and set_down[0].outcome == "done":
            told = f"I set the {set_down[0].subtask.object_name} down on the table."
        self.question = replace(self.question, text=f"{self.question.text} {told}".strip())

    def run(self, until: Callable[[], bool] | None = None) -> None:
        """Drive the loop until the robot is finished (or ``until`` says so); an arm or camera that fails ends it."""
        self.driven = self.driving = True
        try:
            self.loop.run(lambda: self.outcome is not None or (until is not None and until()))
        except RobotError as error:
            self.question, self.faulty = Question(str(error)), True
            self._finish("failed")
        finally:
            self.driving = False
            if self.background is not None:
                self.background.close()


def _nearest_focus(scene: Scene) -> Focus | None:
    if not scene.objects:
        return None
    item = min(scene.objects, key=lambda o: float(np.linalg.norm(o.position - scene.tool.position)))
    return Focus(item.position, item.size, item.yaw, item.held)
