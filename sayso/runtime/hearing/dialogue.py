"""The planner's question, which waits for a person's answer while the arm holds."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from sayso.planner.corrections.correction import REMARKED, Correction
from sayso.planner.corrections.text import is_stop
from sayso.planner.dialogue.words import Agreed, Answered, Declined, Made, Unsure, by_words, says_never_mind
from sayso.planner.execution.supervisor import Level, Replan
from sayso.planner.memory.frames import framed
from sayso.planner.plan import Question, Refusal, Reply
from sayso.planner.pointed import with_point, without_point
from sayso.runtime.hearing.understood import AS_BEFORE, LEFT
from sayso.runtime.subscriber import Subscriber, Tick

if TYPE_CHECKING:
    from sayso.runtime.executive import Executive


class Dialogue(Subscriber):
    """Keeps the ``question`` that waits, None without one, and reads its answer. Times in s on the robot's clock.

    ``wait_s`` is how long a question waits for an answer, beside the phrases that are scheduled; None: not at all.
    ``waited_s`` is the length of a wait that nobody ended, ``refused`` why the newest instruction was not taken,
    ``agreed`` the correction that a person has said yes to.
    """

    def __init__(self, executive: Executive) -> None:
        self._executive = executive
        self.wait_s: float | None = None
        self.forget()

    def forget(self) -> None:
        """No question waits."""
        self.question: Question | None = None
        self.waited_s: float | None = None
        self.refused = ""
        self._about: Correction | None = None
        self._rule = ""
        self.agreed: Correction | None = None
        self._since, self._before = 0.0, ""

    def planning(self, now: float) -> None:
        """A new plan is asked for: an open question is answered."""
        self.refused = ""
        if self.question is not None:
            self._end(now)

    def begun(self, instruction: str) -> None:
        """A plan for ``instruction`` is under way, to which the robot comes back if a question is dropped."""
        self._before = instruction

    def ask(self, question: Question, now: float, about: Correction | None = None) -> None:
        """Hold until a person answers ``question``; end as asked if nobody is there.

        A "yes" to a question ``about`` a correction makes it `agreed`.
        """
        executive = self._executive
        executive.question = question
        if self.wait_s is None:
            executive.conclusion.finish_asked()
            return
        if self.question is not None:
            self._end(now)
        executive.question = self.question = question
        self._since, self._about = now, about
        executive.supervisor.replans.append(Replan(now, Level.ASK, question.text, 0.0))
        executive.runtime.hurry()

    def ruled(self, rule: str) -> None:
        """The question that waits, if one does, is how to keep a person's ``rule``: the plan before breaks it."""
        self._rule = rule if self.question is not None else ""

    def refuses(self, refusal: Refusal, now: float) -> bool:
        """Keep the plan there is, if a person can hear the ``refusal`` of another one."""
        executive = self._executive
        if self.wait_s is None or executive.supervisor.current is None:
            return False
        self.refused = refusal.reason
        from sayso.planner.task.english import plainly  # 0.1 s that a real arm's backend does not need

        why = "" if isinstance(refusal, Reply) else f"I did not do “{plainly(executive.instruction)}”: "
        executive.notices.heed(f"{why}{refusal.reason}", now)
        executive.instruction = self._before
        return True

    def is_declined(self, text: str) -> bool:
        """Whether ``text`` turns down the question that waits: a "no" stops nothing while nothing moves.

        Once something was begun, a calm "no" is an answer only where the question offers one.
        """
        executive, question = self._executive, self.question
        if question is None or executive.runtime.loop.stopped or not says_never_mind(text):
            return False
        if "!" in text or executive.override.motion(executive.robot.clock.now()) is not None:
            return False  # called out, or said while a spoken motion moves the arm: a stop
        return executive.supervisor.current is None or "no" in question.options

    def not_counting(self, seconds: float, now: float) -> None:
        """Take the last ``seconds``, in which a stop held the arm, off the time waited."""
        self._since += min(seconds, now - self._since)

    def read(self, text: str) -> Correction | None:
        """The answer to the question that waits; None if ``text`` is none.

        "goal": the instruction with the answer. "resume": the person gives no answer, see `drop`. "ask": the answer is
        not certain enough, and the question waits on.
        """
        executive, question = self._executive, self.question
        if executive.runtime.loop.stopped:
            return self._left_standing(text)
        if question is None:
            return None
        if is_stop(text) and not self.is_declined(text):
            return None
        words, point = without_point(text)
        assert executive.scene is not None
        prefers = framed(words)
        if prefers is not None and prefers.frame == "prefer":  # "always the left one" is an answer, too
            executive.components.planner.told(words, executive.scene)
        plain = prefers.thing if prefers is not None and prefers.frame == "prefer" else words
        started = executive.supervisor.current is not None
        match self._answered(with_point(plain, point), question):
            case Made(instruction, beside):
                return self._made(words, instruction, beside, question)
            case Agreed() if started:
                return Correction(words, "resume", self._unanswered)
            case Agreed() if self._about is None:
                return self._made(words, executive.instruction, "", question)
            case Declined() if not started or says_never_mind(plain) or "no" in question.options:
                return Correction(words, "resume", self._unanswered)
            case Unsure(""):
                return Correction(words, "remark", REMARKED)
            case Unsure(why):
                return Correction(words, "ask", why, answers=True)
        return None

    def _left_standing(self, text: str) -> Correction | None:
        """What "never mind" is to a stopped arm: it leaves the question, if one waits, and starts nothing."""
        if is_stop(text) or not says_never_mind(text):
            return None
        if self.question is not None:
            self.drop(self._executive.robot.clock.now())
        return Correction(text, "remark", f"{LEFT}. I hold still; say go on.", answers=True)

    def _answered(self, text: str, question: Question) -> Answered | None:
        executive, reader = self._executive, self._executive.components.answers
        if reader is None:
            return by_words(text, question, executive.instruction)
        assert executive.scene is not None
        return reader.read(text, question, executive.instruction, executive.scene, executive.operator.view.yaw)

    def _made(self, text: str, instruction: str, beside: str, question: Question) -> Correction:
        """The correction that an ``instruction`` is, or the one that the person was asked about."""
        if self._about is not None and instruction in question.answers:
            self.agreed = replace(self._about, text=text)
            return self.agreed
        from sayso.planner.task.english import plainly  # 0.1 s that a real arm's backend does not need

        return Correction(text, "goal", plainly(instruction), instruction=instruction, beside=beside)

    @property
    def _unanswered(self) -> str:
        """What the robot does when it gets no answer, as it says it."""
        if self._executive.supervisor.current is None or self.question is None:
            return LEFT
        return AS_BEFORE if "no" in self.question.options else "never mind the question"

    def drop(self, now: float) -> None:
        """Go on with the plan there was before the question, or before the planner was asked for another one; end as
        asked if there was none."""
        if self._executive.supervisor.current is None:
            self._executive.reply = LEFT  # the person knows the question
            self._give_up(now)
            return
        self._executive.instruction = self._before
        self._executive.planning.close()
        rule = self._rule
        if self.question is not None:
            self._end(now)
        if rule:
            self._leave_out(rule, now)

    def _leave_out(self, rule: str, now: float) -> None:
        """Go on without what a person's ``rule`` forbids."""
        executive = self._executive
        reader, scene = executive.components.corrections, executive.scene
        assert scene is not None
        rest = reader.without(rule, scene, executive.supervisor.ahead) if reader is not None else None
        if rest is not None and rest.empties:
            executive.end_here(now)
        elif rest is not None and rest.instruction is not None:
            executive.replan(rest.instruction, now)

    def corrected(self, now: float) -> None:
        """A correction has changed the plan: a question about one is answered."""
        if self.question is not None and self._about is not None:
            self._end(now)

    def ticked(self, tick: Tick) -> None:
        """Give up a question that nobody answers."""
        if self.question is None or self._executive.outcome is not None or self._executive.operator.queue.waiting:
            return
        if self.wait_s is None or tick.t - self._since >= self.wait_s:
            self._give_up(tick.t)

    def _end(self, now: float) -> None:
        stopped_at = self._executive.command_executor.stopped_at  # the time of a stop is counted when it ends
        until = now if stopped_at is None else max(self._since, stopped_at)
        waited, self.question, self._about, self._rule = until - self._since, None, None, ""
        self._executive.question = None
        self._executive.not_counting(waited)

    def _give_up(self, now: float) -> None:
        self.waited_s, self.question = now - self._since, None
        self._executive.conclusion.finish("asked")
