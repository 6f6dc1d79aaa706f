"""The operator: reads corrections during the run and acts on them in the same cycle."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from sayso.hardware.control.loop import Cycle
from sayso.planner.checks.screening import screened_words
from sayso.planner.checks.threats import threatens
from sayso.planner.corrections.correction import NOT_UNDERSTOOD, Correction, amended
from sayso.planner.corrections.grammar import seen_from
from sayso.planner.corrections.plainly import read_plainly
from sayso.planner.corrections.speed import Pace
from sayso.planner.corrections.text import tokens
from sayso.planner.dialogue import in_words, is_number
from sayso.planner.pointed import with_point, without_point
from sayso.planner.viewpoint import Viewpoint
from sayso.result import Outcome
from sayso.runtime.hearing.after_stop import STANDS, Wish, goes_on, in_doubt, wished
from sayso.runtime.hearing.command_queue import CommandQueue, Word
from sayso.runtime.hearing.nudging import nudge
from sayso.runtime.hearing.reaction_time import ReactionTime
from sayso.runtime.hearing.saving import Record, Saving
from sayso.runtime.hearing.understood import UNASKED, Understood, asked, obeyed, planned, ruled
from sayso.runtime.log import Heard
from sayso.runtime.subscriber import Subscriber

if TYPE_CHECKING:
    from sayso.perception.scene import Scene
    from sayso.planner.plan import Question, Subtask
    from sayso.planner.remote.corrections import Situation
    from sayso.runtime.components import Components
    from sayso.runtime.executive import Executive

PLAIN_WORDS = "a question, or no plain word to go on; say go on"
NO_ANSWER = "that is no answer; my question still waits"
STOP_GRACE_S = 1.0
_A_THING = frozenset({"it", "this", "that", "them", "these", "those"})
SAVED_S = 2.0  # real time for what was heard to be saved, once nothing moves any more


class Operator(Subscriber):
    """Takes words from ``queue`` in every cycle and changes the plan, the motion or the pace, or stops the arm.

    An arm stopped at ``stopped_at`` s waits ``go_on_s`` for "go on", then the run ends. ``wish`` is "home" or "rest"
    if a person asked for it after the stop; ``waited_s`` is the length of the last wait before the end. ``pause`` is
    called in each cycle in which the planner thinks, or a question waits for words that nobody has said yet, if time
    may stand still meanwhile. With a ``record`` nobody is told that words were heard before they are saved.
    """

    def __init__(
        self, executive: Executive, queue: CommandQueue, components: Components, viewpoint_yaw: float = 0.0
    ) -> None:
        self._executive, self.queue = executive, queue
        self._corrections, self._model = components.corrections, components.model
        self._planners = [p for p in (components.planner, components.local) if p is not None]
        self.look_from(viewpoint_yaw)
        self.go_on_s = STOP_GRACE_S
        self.pause: Callable[[], None] | None = None
        self.record: Record | None = None
        self._unsaved: list[tuple[Saving, Heard, Word | None]] = []
        self.reaction_time = ReactionTime()
        self._repeated: Question | None = None  # said again to words that are no answer, which once is enough
        self._forget_stop()

    def look_from(self, viewpoint_yaw: float) -> None:
        """The person who speaks looks along this heading, rad in the base frame, from now on."""
        self.view = Viewpoint(viewpoint_yaw)
        for planner in self._planners:
            planner.viewpoint_yaw = viewpoint_yaw

    def _forget_stop(self) -> None:
        self.wish: Wish | None = None
        self.stopped_at: float | None = None
        self.waited_s: float | None = None
        self._ends = False
        self._unread: Heard | None = None  # being read by the model

    def forget(self) -> None:
        """Reset stop, wish and spoken motion for a new instruction."""
        self._forget_stop()
        self.reaction_time.forget()
        self._executive.override.withdraw()
        if self._model is not None:
            self._model.drop()

    def end(self) -> None:
        """End the run of a stopped arm without waiting for "go on"; any thread may call this."""
        self._ends = True

    def ended(self, outcome: Outcome, now: float) -> None:
        """Record the end of the run at ``now`` s."""
        if outcome == "stopped" and self.stopped_at is not None:
            self.waited_s = now - self.stopped_at

    def cycle_began(self, now: float) -> None:
        """Read the words before the target of this cycle."""
        still = self._executive.override
        while self.pause and self._is_waiting and still.motion(now) is None and self._is_silent:
            self.pause()
        self._listen(now)

    def cycle_ended(self, cycle: Cycle) -> None:
        """Read the words of a stopped arm, and end the run after `go_on_s` without "go on"."""
        self.reaction_time.written(cycle)
        if not cycle.stopped:
            return
        self._listen(cycle.t)
        loop = self._executive.runtime.loop
        if loop.stopped and self.stopped_at is None:  # pressed on the stop flag, not through the queue
            self._hear(Word("stop", cycle.t), cycle.t)
        waits = self.queue.waiting or cycle.t - (self.stopped_at or 0.0) < self.go_on_s
        if self._executive.outcome is None and loop.stopped and (self._ends or self.wish or not waits):
            self._executive.finish("stopped")

    def _listen(self, now: float) -> None:
        self._tell_saved()
        self._take_reading(now)
        if self.queue.take_stop():
            self._hear(Word("stop", now), now)
        for word in self.queue.take(now):
            self._hear(word, now)

    @property
    def _is_waiting(self) -> bool:
        """Whether the arm holds for an answer, however long it takes."""
        dialogue = self._executive.dialogue
        asks = dialogue.question is not None or self._executive.waiting.question is not None
        waits = asks and dialogue.wait_s == math.inf
        reads = self._model is not None and self._model.is_busy
        return waits or reads or self._executive.planning.is_thinking

    @property
    def _is_silent(self) -> bool:
        """Whether nobody has said or scheduled anything, or asked for a stop."""
        return not (self.queue.spoken or self.queue.waiting or self.queue.stopped or self._ends)

    def _hear(self, word: Word, now: float) -> None:
        heard = self._read(word, now)
        self._ask_model(heard, now)
        heard.answer = heard.answer or self._answer(heard.correction)
        self._acknowledge(heard, word)

    def _acknowledge(self, heard: Heard, word: Word | None = None) -> None:
        """Tell what was understood, once it is saved; the loop does not wait for the disk unless time stands still."""
        if self.record is None:
            self._tell(heard, word)
            return
        saving = self.record.keep(heard)
        if self.pause is not None:
            saving.wait(SAVED_S)
        self._unsaved.append((saving, heard, word))
        self._tell_saved()

    def _tell_saved(self) -> None:
        while self._unsaved and self._unsaved[0][0].is_over:
            saving, heard, word = self._unsaved.pop(0)
            if saving.problem:
                heard.answer = f"{heard.answer} (not saved: {saving.problem})"
                self._executive.notices.miss(f"your words are not saved: {saving.problem}", heard.t)
            self._tell(heard, word)

    def _tell(self, heard: Heard, word: Word | None) -> None:
        self._executive.runtime.heard(heard)
        if word is not None:
            options = self._options(heard.correction.options)
            word.reply.give(Understood(word.text, heard.correction.level, heard.answer, options))

    def settle(self) -> None:
        """Wait until all that was heard is saved, and tell it; the run is over."""
        for saving, _, _ in self._unsaved:
            if not saving.wait(SAVED_S):
                saving.end("the disk does not answer")
        self._tell_saved()

    def _ask_model(self, heard: Heard, now: float) -> None:
        """Let the model read what nobody here understands; newer words replace what it reads."""
        executive = self._executive
        if self._model is None:
            return
        if self._unread is not None:
            self._model.drop()
            self._unread = None
        stands = executive.runtime.loop.stopped or executive.dialogue.question is not None
        if heard.correction.level == "unknown" and not stands:
            from sayso.planner.remote.corrections import ASKING

            self._model.ask(heard.correction.text, self._situation(now))
            self._unread, heard.answer = heard, ASKING

    def _take_reading(self, now: float) -> None:
        """Act on what the model has read; only plain words move a stopped arm again."""
        if self._model is None or self._unread is None or self._model.is_busy:
            return
        found = self._model.poll(self._situation(now))
        if found is None:
            return
        heard, self._unread = self._unread, None
        if self._executive.runtime.loop.stopped:
            return
        heard.correction, heard.answer = found, ""
        if found.level == "stop":
            self._stop(now)
        elif self._act(heard, now):
            self._executive.runtime.answer()
        heard.answer = heard.answer or self._answer(found)
        self._acknowledge(heard)

    def _situation(self, now: float) -> Situation:
        from sayso.planner.remote.corrections import Situation

        executive = self._executive
        assert executive.scene is not None
        current, motion = executive.supervisor.current, executive.override.motion(now) or executive.runtime.motion
        steps = (*([current] if current is not None else []), *executive.supervisor.left)
        return Situation(executive.instruction, executive.scene, steps, motion, self.view.yaw)

    def _answer(self, c: Correction) -> str:
        """What the robot says to a correction, after it acted on it."""
        executive = self._executive
        stands, waits = executive.runtime.loop.stopped, executive.dialogue.question or executive.waiting.question
        if c.rule is not None:
            told = self._planned(c) if c.level == "goal" else "" if waits is None else asked(waits)
            told += ", when you say go on" if told and stands else ""
            return f"{ruled(c.rule)}; {told}" if told else ruled(c.rule)
        if stands and not c.answers and (c.motion is not None or c.level in ("unknown", "remark")):
            return STANDS
        if c.answers and waits is not None and not stands:
            return f"{c.read_as} {asked(waits)}"
        if c.level in ("unknown", "ask", "remark"):
            if waits is None or stands:
                return c.read_as
            repeated, self._repeated = self._repeated is waits, waits
            return NO_ANSWER if repeated else f"that is no answer to my question: {asked(waits)}"
        answer = self._planned(c) if c.level == "goal" else obeyed(self._as_said(c))
        return f"{answer}, when you say go on" if stands and c.level != "stop" else answer

    def _planned(self, c: Correction) -> str:
        """What came of a new instruction."""
        executive = self._executive
        if executive.question is not None:
            return asked(executive.question)
        if executive.refusal is not None:
            return executive.refusal.reason
        if executive.dialogue.refused:
            return f"{executive.dialogue.refused} I go on as before."
        if executive.reply:
            return executive.reply
        if executive.planning.is_busy:
            return f"I plan: {c.read_as}"
        s = executive.supervisor
        return planned(self.view.told([*([] if s.current is None else [s.current]), *s.left]))

    def _as_said(self, c: Correction) -> Correction:
        """``c`` with its motion as the person sees it."""
        if c.motion is None or not self.view.yaw:
            return c
        return replace(c, motion=replace(c.motion, steps=seen_from(c.motion.steps, -self.view.yaw)))

    def _options(self, options: tuple[str, ...]) -> tuple[str, ...]:
        waits = self._executive.dialogue.question or self._executive.waiting.question
        return options if waits is None else waits.options

    def _read(self, word: Word, now: float) -> Heard:
        executive, runtime = self._executive, self._executive.runtime
        assert executive.scene is not None
        if word.viewpoint_yaw is not None:
            self.look_from(word.viewpoint_yaw)
        newest = word.stops == self.queue.stops  # a later stop voids the words
        wish = wished(word.text) if runtime.loop.stopped and newest else None
        if wish is not None:
            self.wish = wish
            read_as = "go home" if wish == "home" else "lie down"
            return self._noted(Heard(word.arrived, Correction(word.text, "stop", read_as), answer=f"I {read_as}"))
        wall = time.perf_counter()
        before = runtime.executor.sample(now).velocity
        heard = self._noted(Heard(word.arrived, self._meant(word.text, now)))
        correction = heard.correction
        if correction.level == "stop":
            self._stop(now)
            self.reaction_time.expect(heard, wall, word.arrived, None)
        elif correction.level == "resume" and runtime.loop.stopped and (in_doubt(word.text) or not newest):
            heard.correction = replace(correction, level="ask", read_as=PLAIN_WORDS)
        elif self._act(heard, now):
            runtime.answer()
            self.reaction_time.expect(heard, wall, word.arrived, before)
        return heard

    def _meant(self, said: str, now: float) -> Correction:
        """What a person has ``said``; a new instruction keeps the point that the person marked with the words."""
        executive, (text, point) = self._executive, without_point(said)
        asks, awaits = executive.dialogue.question, executive.waiting.question
        found = executive.dialogue.read(said)
        found = found or executive.waiting.read(text if awaits is None else in_words(text, awaits))
        if found is None and asks is None and awaits is None and is_number(text):
            return Correction(text, "remark", UNASKED)
        found = found or self._told(text) or self._corrected(text, now)
        is_open = found.level in ("unknown", "remark", "ask") and not found.answers
        if asks is not None and is_open and self._is_new(text):
            found = Correction(text, "goal", text, instruction=text)
        if point is None:
            return found
        instruction = found.instruction
        if instruction is not None and without_point(instruction)[1] is None:
            instruction = with_point(instruction, point)
        return replace(found, text=said, instruction=instruction)

    def _is_new(self, text: str) -> bool:
        """Whether ``text`` is an instruction by itself, which replaces the question that waits."""
        stopped = self._executive.runtime.loop.stopped
        reader = self._corrections
        return reader is not None and not stopped and not threatens(text) and reader.instructs(text, goes_on=True)

    def _told(self, text: str) -> Correction | None:
        """The answer to a name, a preference, a tip or a question, which change nothing under way; None for others."""
        executive = self._executive
        assert executive.scene is not None
        if executive.runtime.loop.stopped:
            return self._told_still(text)
        answer = executive.components.planner.told(text, executive.scene)
        return None if answer is None else Correction(text, "remark", answer, answers=True)

    def _told_still(self, text: str) -> Correction | None:
        """The answer of a stopped arm to a question, which starts nothing; None for everything else."""
        executive = self._executive
        ask = self._corrections.asks(text, still=True) if self._corrections is not None else None
        if ask is None:
            return None
        from sayso.planner.task.values import About  # 0.1 s that a real arm's backend does not need

        if ask.about in (About.WHY, About.DOING):
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
        current = executive.supervisor.current
        lasts = executive.goals.nudges.motion(current)
        motion = executive.override.motion(now) or lasts or executive.runtime.motion
        current = None if current is None or current.wait is not None else current
        steps = (*([current] if current is not None else []), *executive.supervisor.left)
        asked = executive.dialogue.question.text if executive.dialogue.question is not None else ""
        if self._corrections is None:
            plainly = read_plainly(text, motion, self.view.yaw)
            return screened_words(plainly or Correction(text, "unknown", NOT_UNDERSTOOD))
        if executive.runtime.loop.stopped and goes_on(text):
            return Correction(text, "resume", "go on")
        spoken = executive.override.motion(now) is not None
        found = self._corrections.read(
            text, executive.scene, steps, self.view.yaw, motion, asked, executive.instruction, spoken
        )
        if executive.runtime.loop.stopped and found.level == "resume":  # only plain words move a stopped arm again
            return replace(found, level="ask", read_as=PLAIN_WORDS)
        return screened_words(found)

    def _noted(self, heard: Heard) -> Heard:
        self._executive.log.heard.append(heard)
        return heard

    def _stop(self, now: float) -> None:
        runtime = self._executive.runtime
        runtime.loop.stop()
        runtime.executor.hold()
        self._executive.override.withdraw()
        self._stood(now)
        self.stopped_at = now

    def _stood(self, now: float) -> None:
        """Take the time of the stop off the run's time."""
        if self.stopped_at is not None:
            self._executive.not_counting(now - self.stopped_at)
            self._executive.dialogue.not_counting(now - self.stopped_at, now)

    def _act(self, heard: Heard, now: float) -> bool:
        """Obey what was ``heard``; False if it changes nothing, or is asked about first."""
        if lasts := nudge(self._executive, heard, self.view, now):
            heard.answer = f"{obeyed(self._as_said(heard.correction))}; from now on {lasts}"
        if self._obey(heard.correction, now):
            return True
        question = self._executive.question
        if heard.correction.level == "subtask" and question is not None:
            heard.correction = replace(
                heard.correction, level="ask", read_as=question.text, target=None, options=question.options
            )
            heard.answer = asked(question)
        return False

    def _obey(self, c: Correction, now: float) -> bool:
        """Act on a correction other than a stop; False if it changes nothing."""
        executive = self._executive
        if c.rule is not None:
            executive.components.planner.ruled(c.rule, c.text)
        if c.level == "resume" and not executive.runtime.loop.stopped and executive.waiting.told(c.text):
            executive.runtime.hurry()
        elif c.level == "resume":
            asks = executive.dialogue.question is not None and not executive.runtime.loop.stopped
            self._resume(now)
            if asks or (executive.planning.is_busy and executive.supervisor.current is not None):
                executive.dialogue.drop(now)
        elif c.level == "motion" and c.motion is not None:
            executive.override.move(c.motion, now, c.duration_s)
            executive.runtime.hurry()
        elif c.level == "motion" and c.pace is not None:
            self.set_pace(c.pace, now)
            executive.pace_before = None
        elif c.level == "subtask":
            return self._swap(c, now)
        elif c.level == "goal" and c.instruction is not None:
            executive.replan(c.instruction, now)
        else:
            return False
        return True

    def moves_alone(self, text: str, now: float) -> bool:
        """Begin the motion of the arm that ``text`` is word for word ("a bit to the left"); False if it is none.

        A planner would put down what is held to the left.
        """
        spoken = read_plainly(text, None, self.view.yaw)
        if spoken is None or spoken.motion is None or not spoken.motion.steps or _A_THING.intersection(tokens(text)):
            return False
        return self._obey(spoken, now)

    def moves(self, text: str, now: float) -> bool:
        """Begin the motion or set the pace that ``text`` plainly is ("up a bit", "go slowly"); False if it is none."""
        assert self._executive.scene is not None
        spoken = read_plainly(text, None, self.view.yaw) or self._grips(text)
        return spoken is not None and (spoken.motion is not None or spoken.pace is not None) and self._obey(spoken, now)

    def _grips(self, text: str) -> Correction | None:
        """The motion of the fingers alone that ``text`` is ("open the gripper"); None if they would drop a thing."""
        scene, reader = self._executive.scene, self._corrections
        if scene is None or reader is None or scene.held is not None:
            return None
        found = reader.read(text, scene, (), self.view.yaw, None, "", text, False)
        motion = found.motion if found.level == "motion" else None
        return found if motion is not None and motion.gripper and not motion.steps and motion.toward is None else None

    def _resume(self, now: float) -> None:
        runtime = self._executive.runtime
        if self._executive.override.motion(now) is not None:
            self._executive.goals.nudges.take_back()
        self._executive.override.withdraw()
        runtime.hurry()
        if runtime.loop.stopped:
            runtime.executor.go_on(self._executive.robot.read())
            runtime.loop.release()
        self._stood(now)
        self.stopped_at = None

    def set_pace(self, pace: Pace, now: float) -> None:
        """Set the pace of all motions and scale the time limits with it."""
        before, since = self._executive.limit.patience, now if self.stopped_at is None else self.stopped_at
        self._executive.override.set_pace(pace, now)
        self._executive.be_patient(before, since)
        self._executive.runtime.hurry()

    def _swap(self, c: Correction, now: float) -> bool:
        """Put the correction's object in place of another in the plan ("no, the green one").

        False: a person forbade it before, and is asked first.
        """
        executive, scene, s = self._executive, self._executive.scene, self._executive.supervisor
        assert scene is not None
        target = scene.find(c.target)
        if target is None or s.current is None:
            return True
        before = (s.current, *s.left)
        after = amended(before, c, scene)
        old = c.replaces
        if old is None:
            pairs = zip(before, after, strict=True)
            old = next((was.reference_id for was, is_now in pairs if was != is_now), None)
        if old is None:
            return True
        if c is executive.dialogue.agreed:
            self._waive(after, scene)
        elif (question := self._doubt(before, after, scene)) is not None:
            executive.dialogue.ask(question, now, c)
            return False
        executive.dialogue.corrected(now)
        s.swap(old, target.id, target.name, now, scene.held)
        executive.new_subtask()
        return True

    def _doubt(self, before: Sequence[Subtask], after: Sequence[Subtask], scene: Scene) -> Question | None:
        """The question about steps that a person forbade."""
        from sayso.planner.checks.standing import doubt
        from sayso.planner.task.english import plainly

        executive = self._executive
        return doubt(executive.watch.constraints, plainly(executive.instruction), before, after, scene)

    def _waive(self, steps: Sequence[Subtask], scene: Scene) -> None:
        """The person lets go of all that ``steps`` break."""
        from sayso.planner.checks.standing import broken

        watch = self._executive.watch
        while (found := broken(watch.constraints, steps)) is not None:
            watch.waive(found[0], scene)
        self._executive.goals.spare = watch.spare
