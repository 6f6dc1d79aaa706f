"""What words mean to a robot in the middle of a run: an answer, a word that is waited for, a question, a correction."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from sayso.planner.checks.screening import screened_words
from sayso.planner.corrections.correction import NOT_UNDERSTOOD, Correction
from sayso.planner.corrections.plainly import read_plainly
from sayso.planner.corrections.skipping import read_skip
from sayso.planner.corrections.text import is_stop, tokens
from sayso.planner.corrections.words import TASK_VERBS
from sayso.planner.dialogue.words import in_words, is_number
from sayso.planner.interpreter.answers import UNSAFE
from sayso.planner.pointed import with_point, without_point
from sayso.planner.reader.run_questions import about_run
from sayso.runtime.hearing.account import account
from sayso.runtime.hearing.after_stop import goes_on, pace_beside
from sayso.runtime.hearing.understood import UNASKED

if TYPE_CHECKING:
    from sayso.planner.corrections.reader import CorrectionReader
    from sayso.runtime.executive import Executive

PLAIN_WORDS = "a question, or no plain word to go on; say go on"
_HANDLING = TASK_VERBS - {"move"}
"""Words that tell to do something with a thing."""
_A_THING = frozenset({"it", "this", "that", "them", "these", "those"})


class IntentReader:
    """Reads what a person says to the ``executive``'s run; with ``corrections`` more than plain words."""

    def __init__(self, executive: Executive, corrections: CorrectionReader | None) -> None:
        self._executive, self._corrections = executive, corrections

    def read(self, said: str, now: float) -> Correction:
        """What a person has ``said``; a new instruction keeps the point that the person marked with the words."""
        executive, (text, point) = self._executive, without_point(said)
        asks, awaits = executive.dialogue.question, executive.waiting.question
        found = executive.dialogue.read(said)
        found = found or executive.waiting.read(text if awaits is None else in_words(text, awaits))
        if found is None and asks is None and awaits is None and is_number(text):
            return Correction(text, "remark", UNASKED)
        found = found or self._accounted(text, now) or self._told(text) or self._corrected(text, now)
        if asks is not None and not executive.runtime.loop.stopped:
            found = self._beside_a_question(found)
        if point is None:
            return found
        instruction = found.instruction
        if instruction is not None and without_point(instruction)[1] is None:
            instruction = with_point(instruction, point)
        return replace(found, text=said, instruction=instruction)

    def _beside_a_question(self, found: Correction) -> Correction:
        """What was ``found`` in words that are no answer: an order of its own is a new instruction, one that is not
        carried out is refused."""
        if found.level not in ("remark", "ask", "unknown") or found.answers or self._corrections is None:
            return found
        if found.read_as == UNSAFE:
            return replace(found, answers=True)
        order = self._corrections.order(found.text)
        if order is None:
            return replace(found, level="ask", read_as=f"I cannot “{found.text}”.", answers=True)
        return replace(found, level="goal", read_as=found.text, instruction=found.text, options=()) if order else found

    def _accounted(self, text: str, now: float) -> Correction | None:
        """The answer to a question about the run, which changes nothing; None for everything else."""
        about = about_run(text)
        if about is None:
            return None
        stopped = self._executive.runtime.loop.stopped
        answer = f"{account(self._executive, about, now)}{' I hold still; say go on.' if stopped else ''}"
        return Correction(text, "remark", answer, answers=True)

    def _told(self, text: str) -> Correction | None:
        """The answer to a name, a preference, a tip or a question, which change nothing under way; None for others."""
        executive = self._executive
        assert executive.scene is not None
        if executive.runtime.loop.stopped:
            return self._told_still(text)
        answer = executive.components.planner.told(text, executive.scene)
        return None if answer is None else Correction(text, "remark", answer, answers=True)

    def _told_still(self, text: str) -> Correction | None:
        """The answer of a stopped arm to the same, which starts nothing."""
        executive = self._executive
        ask = self._corrections.asks(text, still=True) if self._corrections is not None else None
        from sayso.planner.task.values import About, Ask  # 0.1 s that a real arm's backend does not need

        if isinstance(ask, Ask) and ask.about in (About.WHY, About.DOING):
            last = next((h.correction for h in reversed(executive.log.heard) if h.correction.level == "stop"), None)
            answer: str | None = f"I heard “{last.text}”, so I stopped." if last is not None else None
        else:
            answer = executive.components.planner.told(text, executive.scene)  # type: ignore[arg-type]
        return (
            None if answer is None else Correction(text, "remark", f"{answer} I hold still; say go on.", answers=True)
        )

    def _corrected(self, text: str, now: float) -> Correction:
        """What ``text`` means."""
        executive = self._executive
        assert executive.scene is not None
        current, yaw = executive.supervisor.current, executive.operator.view.yaw
        said = executive.override.motion(now)
        motion = said or executive.goals.nudges.motion(current) or executive.runtime.motion
        if self._corrections is None:
            plainly = read_plainly(text, motion, yaw)
            return screened_words(plainly or Correction(text, "unknown", NOT_UNDERSTOOD))
        if executive.runtime.loop.stopped and goes_on(text):
            return Correction(text, "resume", "go on", pace=pace_beside(text))
        if not is_stop(text):
            left_out = read_skip(text, executive.supervisor.done, executive.supervisor.ahead, executive.scene, yaw)
            if left_out is not None:
                return left_out
        steps = executive.supervisor.ahead if current is None or current.wait is None else executive.supervisor.left
        asked = executive.dialogue.question.text if executive.dialogue.question is not None else ""
        found = self._corrections.read(
            text, executive.scene, steps, yaw, motion, asked, executive.instruction, said is not None
        )
        if executive.runtime.loop.stopped and found.level == "resume":  # only plain words move a stopped arm again
            return replace(found, level="ask", read_as=PLAIN_WORDS)
        return screened_words(found)

    def motion_alone(self, text: str) -> Correction | None:
        """The motion of the arm that ``text`` is word for word ("a bit to the left"); None if it is none.

        A planner would put down what is held to the left.
        """
        spoken = read_plainly(text, None, self._executive.operator.view.yaw)
        if spoken is None or spoken.motion is None or not spoken.motion.steps or _A_THING.intersection(tokens(text)):
            return None
        return spoken

    def motion(self, text: str) -> Correction | None:
        """The motion or the pace that ``text`` plainly is ("up a bit", "go slowly"); None if it is none."""
        spoken = read_plainly(text, None, self._executive.operator.view.yaw) or self._grips(text)
        return spoken if spoken is not None and (spoken.motion is not None or spoken.pace is not None) else None

    def _grips(self, text: str) -> Correction | None:
        """The motion of the fingers that ``text`` is, with ways of the arm before or after it ("open the gripper and go
        up"); None if they would drop a thing."""
        scene, reader = self._executive.scene, self._corrections
        if scene is None or reader is None or scene.held is not None or _HANDLING.intersection(tokens(text)):
            return None
        found = reader.read(text, scene, (), self._executive.operator.view.yaw, None, "", text, False)
        motions = [motion for motion, _ in found.legs] if found.level == "motion" else []
        fingers = any(m.gripper for m in motions) and all(m.toward is None for m in motions)
        return found if fingers and not any(m.gripper and m.steps for m in motions) else None
