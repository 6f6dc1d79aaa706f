"""The executive: plans an instruction, gives the runtime its goals, and decides the outcome."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from sayso.hardware.robot import Robot, RobotError
from sayso.perception.scene import Scene
from sayso.planner.background import GRACE_S
from sayso.planner.checks.familiar import unlike_training
from sayso.planner.corrections.correction import Correction
from sayso.planner.corrections.grammar import seen_from
from sayso.planner.corrections.speed import Pace
from sayso.planner.dialogue.words import is_number
from sayso.planner.execution.critic import State
from sayso.planner.execution.ending import leave_without_room, setting_down
from sayso.planner.execution.evidence import Evidence
from sayso.planner.execution.goal import Goals, LostObject
from sayso.planner.execution.grip import impossible
from sayso.planner.execution.second_look import SecondLook, lost, mistaken, set_down
from sayso.planner.execution.supervisor import Supervisor
from sayso.planner.language.instruction_pace import pace_of
from sayso.planner.plan import Answer, Plan, Question, Refusal, Reply, Subtask, moves_alone
from sayso.result import Outcome
from sayso.runtime.components import Components
from sayso.runtime.conclusion import Conclusion
from sayso.runtime.hearing.after_stop import wished
from sayso.runtime.hearing.command_executor import CommandExecutor
from sayso.runtime.hearing.command_queue import CommandQueue
from sayso.runtime.hearing.dialogue import Dialogue
from sayso.runtime.hearing.operator import Operator
from sayso.runtime.hearing.understood import UNASKED, beyond
from sayso.runtime.log import Log
from sayso.runtime.notices import Notices
from sayso.runtime.oversight.bounds import Bounds
from sayso.runtime.oversight.foresight import Foresight
from sayso.runtime.oversight.remedies import Remedies
from sayso.runtime.planning import Planning
from sayso.runtime.runtime import MakeLoop, MotionOverride, Runtime
from sayso.runtime.steps.arm_alone import ArmAlone
from sayso.runtime.steps.waiting import Waiting
from sayso.runtime.subscriber import Subscriber, Tick
from sayso.runtime.time_limit import STEP_LIMIT_S, TimeLimit
from sayso.runtime.watch import Watch
from sayso.skills.features import Observation, Proprioception
from sayso.skills.goal import SubtaskGoal
from sayso.skills.travel import Drive

if TYPE_CHECKING:  # a session without a model server does not load its client
    from sayso.planner.remote.motions import Doing


class Executive(Subscriber):
    """Executes instructions on ``robot``, one after another; ``queue`` holds the operator's words.

    ``outcome`` is the robot's belief: done, failed, asked, refused, stopped or timeout; None during the run. A question
    waits as `Dialogue` says; the arm holds meanwhile. ``faulty``: the arm or a camera failed. The ``runtime`` asks the
    executive for goals; the ``operator`` changes its plan. ``only_moves``: the instruction is a motion of the arm.
    """

    def __init__(
        self, robot: Robot, make_loop: MakeLoop, components: Components, queue: CommandQueue,
        viewpoint_yaw: float = 0.0,
    ) -> None:  # fmt: skip
        self.robot, self.components, self.log = robot, components, Log()
        self.override = MotionOverride()
        self.goals = Goals(robot.spec.reach, robot.spec.gripper, components.earlier, components.nudges)
        self.planning = Planning(
            components.planner, self.log, components.deadline_s, components.fallback, components.local
        )
        self.limit, self.second_look = TimeLimit(self.override), SecondLook()
        self.command_executor = CommandExecutor(self)
        self.operator = Operator(self, queue, components, viewpoint_yaw)
        self.dialogue, self.notices, self.watch = Dialogue(self), Notices(), Watch(robot.spec, components.earlier)
        self.waiting, self.conclusion = Waiting(self), Conclusion(self)
        self.arm_alone = ArmAlone(self, robot.spec)
        self.bounds = Bounds()
        self.remedies, self.foresight = Remedies(self, components.motions), Foresight(self, components.outlook)
        self.runtime = Runtime(
            robot, make_loop, perception=components.perception, tasks=self, motions=self.remedies.motions,
            policy=components.policy, override=self.override, log=self.log,
            subscribers=(
                self.operator, self.dialogue, self.waiting, self.arm_alone, self.notices, self.foresight, self,
            ),
            restraint=self.watch,
        )  # fmt: skip
        self.driven = self.driving = False
        # A benchmark compares other kinds of oversight.
        self.make_supervisor: Callable[[], Supervisor] = Supervisor
        self.make_evidence: Callable[[], Evidence] = Evidence
        self.pace_before: float | None = None  # the pace before the current instruction changed it
        self._forget()

    def _forget(self) -> None:
        """Reset the state of the last instruction; a pace set by a correction stays."""
        if self.pace_before is not None:
            self.override.pace, self.pace_before = self.pace_before, None
        self.supervisor, self.evidence = self.make_supervisor(), self.make_evidence()
        self.outcome: Outcome | None = None
        self.question: Question | None = None
        self.refusal: Refusal | None = None
        self.reply = ""  # words that were the whole answer
        self.faulty = False
        self.instruction, self._by_plan, self.only_moves = "", False, False
        self._asked_at, self._failed = 0.0, ""  # when the planner was asked, s; why it did not answer
        rooms = (
            self.log, self.goals, self.limit, self.second_look, self.dialogue, self.waiting, self.arm_alone,
            self.notices, self.watch, self.remedies, self.foresight, self.conclusion, self.operator, self.runtime,
            self.bounds,
        )  # fmt: skip
        for room in rooms:
            room.forget()
        self.supervisor.patience = self.limit.patience

    @property
    def scene(self) -> Scene | None:
        """The newest scene."""
        return self.runtime.scene

    def clear(self) -> None:
        """Reset for a new instruction and release a stop that ended the last one."""
        self._forget()
        if self.runtime.loop.stopped:
            self.runtime.loop.release()
        if self.driven:
            self.runtime.executor.go_on(self.robot.read())

    def begin(self, instruction: str, limit_s: float | None) -> None:
        """Plan ``instruction`` on the newest scene and start.

        The run times out ``limit_s`` from now; None: by the length of the plan, from when there is one.
        """
        assert self.scene is not None
        self.instruction, self._by_plan = instruction, limit_s is None
        self._heed_pace(instruction, self.robot.clock.now())
        self.limit.set(self.robot.clock.now(), STEP_LIMIT_S if limit_s is None else limit_s)
        if self._goes_home(instruction):
            return
        if is_number(instruction):
            self.refusal = Refusal(UNASKED)
            self.conclusion.finish("refused")
            return
        if self.components.corrections is not None:
            self.components.corrections.about(instruction)
        if self._moves(self.operator.intents.motion_alone(instruction)):
            return
        answer = self.planning.begin(instruction, self.scene)
        now = self.robot.clock.now()
        if answer is None:
            self._asked_at = now
            return
        does_more = isinstance(answer, Reply) or (isinstance(answer, Plan) and not moves_alone(answer.subtasks))
        if not does_more and self._moves(self.operator.intents.motion(instruction)):
            return
        self._take(answer, now)

    def _goes_home(self, instruction: str) -> bool:
        """Go home after the run, if that is the whole ``instruction``."""
        if wished(instruction) != "home":
            return False
        self.operator.wish, self.reply = "home", "I go home"
        self.conclusion.finish("done")
        return True

    def _moves(self, motion: Correction | None) -> bool:
        """Begin a ``motion`` that is the whole instruction; False without one."""
        self.only_moves = motion is not None and self.command_executor.obey(motion, self.robot.clock.now())
        return self.only_moves

    def _take(self, answer: Answer, now: float) -> None:
        is_first = not self.supervisor.steps
        self._act_on(answer, now)
        if is_first and self._by_plan and self.dialogue.question is None:
            self.limit.set(now, STEP_LIMIT_S * max(1, len(self.supervisor.left) + 1))

    def _act_on(self, answer: Answer, now: float) -> None:
        if isinstance(answer, Plan):
            assert self.scene is not None
            new = self.evidence.meant(self.instruction, self.scene, len(self.supervisor.steps))
            if new:
                self.supervisor.broken_off.clear()
                self.notices.notice(unlike_training(answer, self.scene), now)
                for note in answer.notes:
                    self.notices.note(note, now)
            if not answer.subtasks:
                if answer.idle and not self.supervisor.steps:
                    self.notices.heed(answer.idle, now)
                    self.reply = answer.idle
                self.supervisor.close("superseded")
                self.conclusion.conclude(now)
                return
            if why := impossible(answer, self.scene, self.robot.spec.gripper):
                self.refusal = Refusal(why)
                self.conclusion.finish("refused")
                return
            if self.conclusion.failing:  # a new instruction arrived while the arm sets the object down
                self.conclusion.failing, self.question = False, None
            self.goals.anchors = dict(self.evidence.places)
            if (doubt := self._constrained(answer, now)) is not None:
                self.dialogue.ask(doubt, now)
                return
            self.supervisor.take(answer, now)
            self.dialogue.begun(self.instruction)
            self.waiting.take(answer)
            self.new_subtask()
            self._see_room(now)
        elif isinstance(answer, Question):
            self.dialogue.ask(answer, now)
        elif isinstance(answer, Reply) and self.supervisor.current is None:
            self.notices.heed(answer.reason, now)
            self.reply = answer.reason
            self.conclusion.finish("done")
        elif not self.dialogue.refuses(answer, now):
            self.refusal, self.outcome = answer, "refused"

    def _constrained(self, plan: Plan, now: float) -> Question | None:
        """Hold the plan's constraints from now on; the question about one that the plan cannot keep."""
        assert self.scene is not None
        self.watch.take(plan, self.scene)
        self.goals.spare = self.watch.spare
        pace = self.watch.pace
        if pace is not None and self.pace_before is None and pace != self.override.pace:
            before = self.override.pace
            self.command_executor.set_pace(Pace(pace, False, ""), now)
            self.pace_before = before
        reach = self.robot.spec.reach
        return self.watch.doubt(plan.subtasks, self.scene, self.goals.anchors, reach, self.instruction)

    def not_counting(self, seconds: float) -> None:
        """Extend the time limits by ``seconds`` in which the arm stood for a stop or a question."""
        self.limit.not_counting(seconds)
        self.supervisor.not_counting(seconds, self.robot.clock.now())

    def new_subtask(self) -> None:
        """Prepare critic, goals, runtime and evidence for a new subtask."""
        self.components.critic.reset()
        self.goals.begin()
        self.runtime.hurry()
        if self.scene is not None and self.supervisor.current is not None:
            self.evidence.begin(self.scene)

    def _heed_pace(self, instruction: str, now: float) -> None:
        """Set the pace that ``instruction`` asks for, until the next instruction."""
        pace = pace_of(instruction)
        if pace is not None:
            before = self.override.pace
            self.command_executor.set_pace(pace, now)
            self.pace_before = before
            self.notices.heed(f"I do everything {pace.words}, as the instruction asks", now)

    def be_patient(self, before: float, since: float) -> None:
        """Scale all time limits from ``since`` s on from the patience ``before`` to the present one."""
        self.supervisor.patience = self.limit.patience
        self.limit.scale(before, since)

    def replan(self, instruction: str, now: float) -> None:
        """Ask the planner for a plan of ``instruction`` from now on."""
        assert self.scene is not None
        done = self.supervisor.done if instruction == self.instruction else ()
        if instruction != self.instruction:
            self._heed_pace(instruction, now)
        self.dialogue.planning(now)
        self.instruction = instruction
        if self.supervisor.current is None and self.scene.held is None and self._goes_home(instruction):
            return
        answer = self.planning.ask_while_driving(instruction, self.scene, done)
        self._asked_at = now
        if answer is not None:
            self._take(answer, now)
        else:
            self.runtime.hurry()  # hold

    # Called by the runtime -------------------------------------------------------------------------------------

    def goal(self, scene: Scene, body: Proprioception, now: float) -> SubtaskGoal | Drive | None:
        """The goal of the current subtask; without one, the goal of a spoken motion in force. In a step of the arm
        alone, its way."""
        answer = self.planning.poll()
        if answer is not None:
            self.not_counting(min(now - self._asked_at, self.components.deadline_s))
            self._take(answer, now)
        elif (failed := self.planning.failed) and failed != self._failed:
            self.notices.heed(f"I hold and ask again: {failed}", now)
            self._failed = failed
        return self._goal(scene, body, now)

    @property
    def may_be_helped(self) -> bool:
        """Whether a remedy may change what the arm does: it works on its own and has not given up."""
        return self.acts and self.override.motion(self.robot.clock.now()) is None

    @property
    def acts(self) -> bool:
        """Whether the arm is about its plan: it neither holds nor has given up."""
        return not (self._holds or self.conclusion.failing or self.outcome is not None or self.runtime.loop.stopped)

    @property
    def _holds(self) -> bool:
        """Whether the arm holds for an answer, of a person or of the planner."""
        return self.dialogue.question is not None or self.planning.is_busy

    def _goal(self, scene: Scene, body: Proprioception, now: float) -> SubtaskGoal | Drive | None:
        subtask = self.supervisor.current
        if subtask is None or subtask.wait is not None or self._holds:
            return None if self.override.motion(now) is None else self.goals.idle(scene)
        spoken = self.override.motion(now)
        if (way := self.bounds.passed(scene, subtask, self.runtime.motion, spoken)) is not None:
            self.bounds.forget()
            self.stand_still(f"You said no {beyond(seen_from((way,), -self.operator.view.yaw))}.", now)
            return None
        if subtask.is_of_arm:
            return self.arm_alone.drive(subtask, scene, body, now) if spoken is None else self.goals.idle(scene)
        if (same := self.second_look.same(subtask, scene)) is not None:
            self.supervisor.swap(subtask.object_id, same.id, same.name, now, None)
            self.changed(now)
            return None
        if (wrong := self.second_look.wrong(subtask, scene)) is not None:
            self.supervisor.set_aside(set_down(wrong), mistaken(subtask, wrong), now)
            if self._by_plan:
                self.limit.at_least(now, STEP_LIMIT_S * (len(self.supervisor.left) + 1))
            self.changed(now)
            return None
        if self.second_look.holds(subtask, scene, now) or self.remedies.holds(now):
            return None if self.override.motion(now) is None else self.goals.idle(scene)
        why = self.second_look.unknowable(subtask, scene)
        if why is None:
            try:
                return self.remedies.grasp(subtask, self.goals.goal(subtask, scene, self.supervisor.left))
            except LostObject:
                why = lost(subtask, scene, self.evidence.places)
        self.second_look.forget()
        if self.supervisor.advance(State.GOING, 1.0, now, lost=why):
            self.changed(now)
        return None

    def review(self, observation: Observation, scene: Scene, now: float) -> Observation | None:
        """Judge the current subtask and start the next if it has ended."""
        subtask = self.supervisor.current
        if subtask is None or not subtask.handles or self._holds or not self.keeps(scene, observation.body, now):
            return None
        if self.components.spoken is not None:
            self.components.spoken.see(self._doing(subtask, scene, now))
        judgement = self.components.critic.judge(observation.features)
        self.log.judgements.append((now, judgement))
        doubt = self.evidence.against(subtask, scene, observation.body)
        other, shown = self.evidence.exchanged(subtask, scene), self.evidence.shows(subtask, scene)
        if self.supervisor.advance(judgement.state, judgement.failed, now, other, doubt, shown):
            self.changed(now)
            after = self._goal(scene, observation.body, now)
            if not isinstance(after, SubtaskGoal) or self.supervisor.current is None:
                return None
            return Observation.of(observation.body, after)
        return observation

    def keeps(self, scene: Scene, body: Proprioception, now: float) -> bool:
        """Whether the constraints hold. If one is broken the arm stands still and says so.

        A person may then say go on; without one the run has failed.
        """
        as_planned = self.watch.pace == self.override.pace and self.override.motion(now) is None
        what = self.watch.look(scene, body, now, as_planned)
        if what is None:
            return True
        assert self.scene is not None
        self.watch.again(self.scene)
        self.stand_still(what, now)
        return False

    def stand_still(self, what: str, now: float) -> None:
        """Stand still and say ``what`` is wrong; a person may say go on, without one the run has failed."""
        self.notices.heed(what, now)
        if self.dialogue.wait_s is None:
            self.question = Question(what)
            self.conclusion.finish("failed")
        else:
            self.dialogue.ask(Question(f"{what} Shall I go on?", ("go on",), ("",)), now)

    def arrived(self, now: float) -> None:
        """What the plan waits for has come about: go on with what the planner makes of the scene as it is then."""
        self.supervisor.arrive(now)
        self.new_subtask()
        if self.supervisor.current is None:
            self.replan(self.instruction, now)
        if self._by_plan:
            self.limit.at_least(now, STEP_LIMIT_S * (len(self.supervisor.left) + 1))

    def leave_rest(self, now: float) -> None:
        """The rest of the plan is not needed any more."""
        self.supervisor.leave_rest()
        self.conclusion.conclude(now)

    def end_here(self, now: float) -> None:
        """A person wants nothing more of the plan: set down what the hand holds, and conclude."""
        assert self.scene is not None
        from sayso.planner.as_task import doing, str_of  # 0.1 s that a real arm's backend does not need

        s = self.supervisor
        unwanted = any(o.held and o.id in {step.object_id for step in s.ahead} for o in self.scene.objects)
        plan = setting_down(self.scene, self.evidence.places, self.robot.spec.reach) if unwanted else None
        s.end_here()
        whole = doing(s.done, self.scene, exactly=True)
        if whole is not None:
            self.instruction = str_of(whole)  # what a new plan would be of, if a done step comes undone
        if plan is None:
            self.conclusion.conclude(now)
            return
        self.goals.anchors = dict(self.evidence.places)
        s.once(plan, now)
        self.new_subtask()

    def _doing(self, subtask: Subtask, scene: Scene, now: float) -> Doing:
        from sayso.planner.remote.motions import Doing

        said = self.override.motion(now)
        return Doing(self.instruction, subtask, scene, "" if said is None else str(said))

    def ticked(self, tick: Tick) -> None:
        """End the run at the time-out, and after a spoken motion that was all."""
        if self.dialogue.question is not None or self._is_waiting(tick.t):
            return
        if self.only_moves and self.outcome is None and not (self.override.motion(tick.t) or self.supervisor.current):
            self.conclusion.finish("done")
        if self.outcome is not None or not self.limit.is_over(tick.t):
            return
        self.conclusion.time_out(tick)

    def _is_waiting(self, now: float) -> bool:
        """Whether the planner may still answer in time; until then the time limit does not count."""
        waits = self.planning.is_busy and not self.planning.failed
        return waits and now - self._asked_at < self.components.deadline_s + GRACE_S

    def changed(self, now: float) -> None:
        """After a subtask: start the next, ask for a new plan, ask a person, or finish."""
        s = self.supervisor
        self.new_subtask()
        self.runtime.rest()
        if self.conclusion.failing:
            self.conclusion.finish("failed")
            return
        if s.asks is None and not s.wants_plan and (self.scene is None or self.scene.held is None):
            # A done subtask may be undone later: a tower may fall.
            undone = self.scene and self.evidence.undone(s.steps, self.scene, s.unasked)
            if undone:
                s.undo(*undone, now)
        if s.asks is not None:
            self.conclusion.fail(s.asks, now)
        elif s.wants_plan:
            self.replan(self.instruction, now)
        elif s.current is None:
            self.conclusion.conclude(now)
        elif self.waiting.is_over and (self.scene is None or self.scene.held is None):
            self.leave_rest(now)
        else:
            self._see_room(now)

    def _see_room(self, now: float) -> None:
        assert self.scene is not None
        if leave_without_room(self.supervisor, self.scene, self.goals.anchors, self.robot.spec.reach, now):
            self.new_subtask()
            if self.supervisor.current is None:
                self.conclusion.conclude(now)

    def run(self) -> None:
        """Run the loop until there is an outcome; a failed arm or camera ends the run as failed."""
        self.driven = self.driving = True
        try:
            self.runtime.run(lambda: self.outcome is not None)
        except RobotError as error:
            self.question, self.faulty = Question(str(error)), True
            self.conclusion.finish("failed")
        finally:
            self.driving = False
            self.operator.acknowledgments.settle()
            self.planning.close()
            if self.components.spoken is not None:
                self.components.spoken.rest()
