"""A planner with a memory: names, rules, "it", "again" and "undo" for any planner."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import takewhile

from sayso.perception.scene import Scene
from sayso.planner.as_task import doing
from sayso.planner.corrections.changes.round_about import ASKS, round_about, says_round_about
from sayso.planner.corrections.correction import Correction, amended
from sayso.planner.corrections.text import cries_out, is_stop
from sayso.planner.dialogue.options import offered
from sayso.planner.dialogue.words import Made, by_option
from sayso.planner.interpreter.answers import UNCLEAR, UNSAFE, told
from sayso.planner.interpreter.discourse import NOTHING_RECALLED, Discourse, Recalled
from sayso.planner.interpreter.in_scene import in_scene
from sayso.planner.language.excepted import excepted, kept_always
from sayso.planner.language.grounding import listed
from sayso.planner.local import LocalPlanner
from sayso.planner.memory.frames import framed, how_much, is_for_good, this_once
from sayso.planner.memory.hand import let_go
from sayso.planner.memory.memory import Memory, Turn
from sayso.planner.memory.past import Past, is_back
from sayso.planner.memory.replies import too_old
from sayso.planner.memory.rules import Rules
from sayso.planner.memory.telling import Telling
from sayso.planner.memory.values import as_value
from sayso.planner.plan import Answer, Plan, Planner, Question, Refusal, Relation, Reply, Subtask, Verb
from sayso.planner.pointed import without_point
from sayso.planner.reader.beam import Meaning
from sayso.planner.reader.doubt import loses, unread
from sayso.planner.reader.understanding import DOUBTFUL, sure_of
from sayso.planner.task.english import plainly, said
from sayso.planner.task.text import parse, write
from sayso.planner.task.values import (
    Again,
    Ask,
    In,
    Instead,
    InsteadAt,
    It,
    Name,
    Place,
    Put,
    Remark,
    Rule,
    Seq,
    Task,
    Undo,
    Utterance,
    WhereItWas,
    Whether,
)

_IT = re.compile(r"'.+': what do you mean\?\Z", re.S)
MOST_TIPS = 2
"""The number of newest tips that the robot tells with a plan, each once."""
_BACK = said(WhereItWas())
_BACK_SAID = re.compile(r"\b(?:back|undo|revert|reverse|restore|return)\b", re.I)
_ALIKE: tuple[tuple[type[Utterance], ...], ...] = ((Rule,), (Name,), (Ask, Whether), (Again, Instead, InsteadAt))
"""Meanings of different wording that the memory answers in one way."""


class Remembering(Planner):
    """Wraps ``planner`` with ``memory``; ``words`` reads sentences that are about what was done or said before.

    A sentence is passed on with names in full. What the planner cannot read is read again with the past in mind. A plan
    that a standing rule forbids becomes a question that quotes the rule.
    """

    def __init__(self, planner: Planner, words: LocalPlanner, memory: Memory) -> None:
        self.planner, self.words, self.memory, self.name = planner, words, memory, planner.name
        self.remote = bool(getattr(planner, "remote", False))
        self._past, self._rules = Past(words, memory), Rules(words, memory)
        self._telling = Telling(words, memory, self._past)
        self._told: set[str] = set()

    def cancel(self) -> None:
        """Cancel the current question if the planner can."""
        getattr(self.planner, "cancel", lambda: None)()

    def plan(
        self, instruction: str, scene: Scene, *, done: tuple[Subtask, ...] = (), deadline_s: float = 10.0
    ) -> Answer:
        """The planner's answer with the memory's help; see `Planner.plan`."""
        self.planner.viewpoint_yaw = self.words.viewpoint_yaw = self.viewpoint_yaw
        instruction, point = without_point(instruction)
        self.planner.here = self.words.here = point
        turn = self.memory.turn(instruction, scene, point)
        said_now = self._telling.chosen(instruction)
        once = this_once(said_now)
        turn.once = turn.once or once is not None
        self.words.recalled = turn.recalled = self._recall(turn, scene)
        try:
            if turn.text is not None:  # the same words as in the first plan, so that they mean the same
                answer = self._inner(turn.text, scene, done, deadline_s, turn.by_memory)
            else:
                answer = self._first(turn, once or said_now, scene, deadline_s)
            if isinstance(answer, Plan):
                text = turn.text or said_now

                def anew(rest: Scene) -> Answer:
                    return self._inner(text, rest, done, deadline_s, turn.by_memory)

                answer = self._rules.heeded(turn, answer, scene, done, anew)
        finally:
            self.words.recalled = NOTHING_RECALLED
        if isinstance(answer, Plan) and not turn.steps:
            turn.steps = answer.subtasks
            tips = [f"earlier at this: {tip}" for tip in self._untold(instruction)]
            if not turn.undoes and _puts_back(answer):
                put = {s.object_id for s in answer.subtasks}
                turn.undoes = list(takewhile(lambda t: put.issuperset(m.id for m in t.moves), self.memory.undoable))
            about = [] if turn.about is None else [f"I do again: “{turn.about.told}”"]
            back = [f"I take back: {listed([f'“{t.told}”' for t in turn.undoes])}"] if turn.undoes else about
            answer = replace(answer, notes=(*answer.notes, *back, *tips))
        return answer

    def _untold(self, instruction: str) -> list[str]:
        """The tips for ``instruction`` that the person has not heard yet."""
        tips = [tip for tip in self.memory.tips_for(instruction)[:MOST_TIPS] if tip not in self._told]
        self._told.update(tips)
        return tips

    def ended(self, outcome: str, scene: Scene | None, why: str) -> None:
        """Remember how the instruction ended."""
        turn = self.memory.turns[-1] if self.memory.turns else None
        task = self._past.task_of(turn) if turn is not None and turn.outcome is None else None
        self.memory.ended(outcome, scene, why, task)

    @property
    def task(self) -> Task | None:
        """The task of the newest instruction, with what its names and "it" mean; None without one."""
        turn = self.memory.turns[-1] if self.memory.turns else None
        return None if turn is None else self._past.task_of(turn)

    def swapped(self, correction: Correction, scene: Scene) -> None:
        """What is done now, and may be done again, is what the ``correction`` has made of it."""
        turn = self.memory.turns[-1] if self.memory.turns else None
        if turn is not None and turn.outcome is None:
            turn.steps = amended(turn.steps, correction, scene)
            turn.task, turn.swapped = doing(turn.steps, turn.scene, True, self.words.viewpoint_yaw), True

    def ruled(self, rule: str, text: str) -> None:
        """Remember a person's rule while the robot does something."""
        self.memory.keep_rule(parse(rule, Rule), text, is_for_good(text))

    def told(self, text: str, scene: Scene) -> str | None:
        """Remember a name, a preference or a tip, or answer a question, while the robot does something else."""
        value = as_value(text)
        if isinstance(value, Name):
            answer = self._telling.named(value.thing, value.name, scene)
            return answer.reason if isinstance(answer, Reply) else None
        frame = None if is_stop(text) or cries_out(text) else framed(text)
        self.words.recalled = self.memory.recall(scene)
        try:
            answer = None
            if frame is not None and frame.frame in ("name", "prefer", "tip", "recall", "who"):
                if frame.frame == "prefer" and not is_for_good(text):
                    return None  # "I'd prefer the left one" is about what is done now
                answer = self._telling.framed(frame, text, scene)
            if answer is None:
                answer = self._telling.question(text, scene, idle=False)
        finally:
            self.words.recalled = NOTHING_RECALLED
        return answer.reason if isinstance(answer, Refusal) else None

    def told_idle(self, text: str, scene: Scene) -> str | None:
        """The same, and remember a rule."""
        answer = self.told(text, scene)
        if answer is not None or is_stop(text) or cries_out(text):
            return answer
        rule = _surest(text, self._past.read(text))
        return self._telling.ruled(rule, text, scene).reason if isinstance(rule, Rule) else None

    def _recall(self, turn: Turn, scene: Scene) -> Recalled:
        recalled = replace(self.memory.recall(scene), back=self.memory.back(turn.undoes, scene))
        return replace(recalled, standing=()) if turn.once else recalled

    def _inner(
        self, text: str, scene: Scene, done: tuple[Subtask, ...], deadline_s: float, in_words: bool = False
    ) -> Answer:
        planner = self.words if in_words else self.planner
        return planner.plan(text, scene, done=done, deadline_s=deadline_s)

    def _first(self, turn: Turn, instruction: str, scene: Scene, deadline_s: float) -> Answer:
        """The first answer to an instruction."""
        value, text = as_value(instruction), instruction
        if isinstance(value, Undo | Again | Name | Rule):
            return self._meant(turn, value, instruction, scene) or Question("What do you mean?")
        cry = value is None and (cries_out(instruction) or is_stop(instruction))
        if value is None and says_round_about(instruction) and (last := self.memory.last) is not None:
            task = round_about(self._past.task_of(last))
            if task is None:
                return Question(f"{ASKS}.")
            turn.text, turn.task, turn.by_memory = write(task), task, True
            return self.words.plan(turn.text, scene)
        if value is None and not cry:
            frame = framed(instruction)
            told = self._telling.framed(frame, instruction, scene) if frame is not None else None
            told = told if told is not None else self._excepted(instruction, scene) or let_go(instruction, scene)
            told = told if told is not None else self._telling.question(instruction, scene)
            in_full = told if told is not None else self._telling.with_names(instruction, scene)
            if not isinstance(in_full, str):
                return in_full
            text = in_full
        back = self._first_back(text) if value is None and not cry and _BACK_SAID.search(text) else None
        if back is not None:
            return self._meant(turn, back, text, scene) or Question(UNCLEAR)
        answer = self._inner(text, scene, (), deadline_s)
        if isinstance(answer, Plan):
            turn.text = text
        if isinstance(answer, Plan) or value is not None or cry:
            return answer
        return self._helped(turn, text, answer, scene, deadline_s)

    def _first_back(self, text: str) -> Seq | None:
        """The orders of ``text`` of which the first puts back what was moved; None for all others."""
        best = _surest(text, self._past.read(text))
        return best if isinstance(best, Seq) and is_back(best.tasks[0]) else None

    def _excepted(self, instruction: str, scene: Scene) -> Reply | None:
        """The answer to a rule that the robot keeps without its exception; None for everything else."""
        parts = excepted(instruction)
        rule = None if parts is None else _surest(parts[0], self._past.read(parts[0]))
        if parts is None or not isinstance(rule, Rule):
            return None
        return Reply(f"{self._telling.ruled(rule, parts[0], scene).reason} {kept_always(parts[1])}")

    def _helped(self, turn: Turn, text: str, answer: Answer, scene: Scene, deadline_s: float) -> Answer:
        """What the past makes of words that the planner did not understand; ``answer`` if nothing."""
        meanings = self._past.read(text)
        best = _surest(text, meanings)
        if answer == Refusal(UNSAFE) and not isinstance(best, Rule):
            return answer
        if isinstance(best, Task) and in_scene(text, best, self.words.grounding(scene)) != best:
            return answer  # the scene belies that reading
        plain_task = isinstance(best, Task) and not isinstance(best, Undo | Again) and not is_back(best)
        if isinstance(answer, Refusal) and plain_task and self.planner is not self.words:
            return answer  # what another planner refuses is not read anew
        found = self._meant(turn, best, text, scene) if best is not None else None
        if isinstance(found, Plan | Reply) or (found is not None and isinstance(best, Undo | Again | Name)):
            return found
        plain = self._answered(text, answer, scene) if isinstance(answer, Question) else None
        if plain is not None:
            again = self._inner(plain, scene, (), deadline_s)
            tasks = (self._past.closed(m.value, scene) for m in meanings if isinstance(m.value, Task))
            if isinstance(again, Plan) and any(self._past.comes_to(task, again, scene) for task in tasks):
                turn.text = plain
                return again
        return answer

    def _answered(self, text: str, question: Question, scene: Scene) -> str | None:
        """``text`` with the memory's answer to the planner's ``question``: what "it" is, or what is preferred."""
        things = offered(question, scene)
        if _IT.match(question.text):
            last = Discourse(earlier=self.words.recalled).last
            option = next((o for o, thing in things.items() if thing.id == last), None)
        else:
            liked = self.words.grounding(scene).preferred(list(things.values()))
            option = next((o for o, thing in things.items() if [thing] == liked), None)
        made = None if option is None else by_option(option, question, text)
        return made.instruction if isinstance(made, Made) else None

    def _meant(self, turn: Turn, meaning: Utterance, text: str, scene: Scene) -> Answer | None:
        """The answer to a ``meaning`` that the past has a part in; None if it has none."""
        match meaning:
            case Name(thing, name):
                return self._telling.named(thing, name, scene)
            case Rule():
                return self._telling.ruled(meaning, text, scene)
            case Ask(about, thing):
                return self._telling.asked(about, thing, scene)
            case Whether(condition):
                return told(condition, self.words.grounding(scene))
            case Remark():
                return None
            case _ if is_back(meaning) or (isinstance(meaning, Seq) and is_back(meaning.tasks[0])):
                if is_back(meaning) and (untouched := self.memory.broken_off_untouched) is not None:
                    return Reply(f"I have not taken {untouched} yet: I leave it where it is.")
                meaning = Undo() if not isinstance(meaning, Seq) else Seq((Undo(), *meaning.tasks[1:]))
                turn.undoes = self.memory.taken_back(how_much(text))
                if not turn.undoes:
                    return Refusal(too_old(self.memory) or "I have moved nothing that I could put back.")
                turn.once = turn.once or turn.undoes[0].once
                self.words.recalled = turn.recalled = self._recall(turn, scene)
        task = self._past.task(meaning, scene)
        if not isinstance(task, Task):
            return task
        if meaning == Again(None):
            turn.about = self.memory.last
        answer = self.words.plan(write(task), scene)
        if isinstance(answer, Plan) and not answer.subtasks and isinstance(meaning, Instead | InsteadAt):
            return Reply(f"That is so already: “{plainly(write(task))}”. Say what else you mean.")
        if isinstance(answer, Plan):
            turn.text, turn.task, turn.by_memory = write(task), task, True
        elif isinstance(answer, Refusal) and not isinstance(meaning, Undo | Again | Seq):
            return None
        return answer


def _surest(text: str, meanings: Sequence[Meaning]) -> Utterance | None:
    """The most probable meaning if it is sure; rules, names, questions and other things for the last ones add up."""
    if not meanings:
        return None
    best = max(meanings, key=lambda m: m.probability)
    kind = next((kind for kind in _ALIKE if isinstance(best.value, kind)), ())
    same = [m for m in meanings if m is best or isinstance(m.value, kind) or _same(m.value, best.value)]
    probability = sum(m.probability for m in same)
    alike = [m.value for m in same if _same(m.value, best.value) and not unread(text, m.value)]
    value = best.value if not alike or not unread(text, best.value) else alike[0]  # its "no" is an "instead"
    # What the planner has asked about, because it loses a part of the sentence, is not carried out here.
    doubted = isinstance(value, Task) and probability < DOUBTFUL and loses(text, value)
    return value if sure_of(text, value, probability) and not doubted else None


def _same(one: Utterance, other: Utterance) -> bool:
    """Whether two meanings ask to put things back, or what was moved last to the same place."""
    place = _moved_to(one)
    return (is_back(one) and is_back(other)) or (place is not None and place == _moved_to(other))


def _moved_to(value: Utterance) -> Place | None:
    """The place to which ``value`` moves what was moved last: "the orange bowl" after "I meant" is "in" it."""
    match value:
        case Put(It(), place) | InsteadAt(place):
            return place
        case Instead(thing):
            return In(thing)
    return None


def _puts_back(plan: Plan) -> bool:
    """Whether all that a plan does is to put things where they were."""
    puts = [step for step in plan.subtasks if step.verb is Verb.PLACE]
    return bool(puts) and all(s.relation is Relation.AT and s.place_name == _BACK for s in puts)
