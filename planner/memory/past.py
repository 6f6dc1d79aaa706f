"""What "it", "them", "again" and "the same with …" come to: tasks in full, by what was done before."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import Any

from sayso.perception.scene import Scene
from sayso.planner.as_task import described, doing
from sayso.planner.interpreter.discourse import Discourse
from sayso.planner.language.grounding import Unresolved
from sayso.planner.language.symbolic_state import is_container
from sayso.planner.local import LocalPlanner
from sayso.planner.memory.memory import Memory, Turn
from sayso.planner.memory.replies import too_old
from sayso.planner.memory.values import as_value
from sayso.planner.plan import Answer, Plan, Question
from sayso.planner.reader.beam import Meaning
from sayso.planner.reader.deciding import ends
from sayso.planner.reader.source import Context
from sayso.planner.task.condition_things import with_condition_things
from sayso.planner.task.english import without_ids
from sayso.planner.task.text import write
from sayso.planner.task.values import (
    A,
    Again,
    All,
    Also,
    AnswerThing,
    First,
    Held,
    In,
    Instead,
    InsteadAt,
    It,
    Other,
    Put,
    Seq,
    Some,
    Task,
    The,
    Them,
    Thing,
    Together,
    Undo,
    Utterance,
    Value,
    WhereItWas,
)  # fmt: skip


class Past:
    """Completes what people say by the turns of ``memory``; ``words`` reads and plans."""

    def __init__(self, words: LocalPlanner, memory: Memory) -> None:
        self.words, self.memory = words, memory

    def read(self, sentence: str) -> tuple[Meaning, ...]:
        """What ``sentence`` may mean after what was done last; empty if it is too long."""
        last = self.memory.last
        before = self.task_of(last) if last is not None else None
        try:
            return self.words.meanings(sentence, Context(before=without_ids(before) if before is not None else None))
        except ValueError:
            return ()

    def task(self, meaning: Utterance, scene: Scene) -> Task | Answer | None:
        """The task of a meaning at an idle arm, with the past in full; an answer or None if there is none."""
        match meaning:
            case Again(thing):
                return self._again(thing, scene)
            case Instead(thing) | AnswerThing(thing):
                return self._again(thing, scene)
            case InsteadAt(place):
                return self.closed(Put(It(), place), scene)
            case Also(task) | First(task):
                return self.closed(task, scene)
            case Task():
                return self.closed(meaning, scene)
        return None

    def _again(self, thing: Thing | None, scene: Scene) -> Task | Answer:
        last = self.memory.last
        task = self.task_of(last) if last is not None else None
        if task is None:
            nothing = too_old(self.memory) or "I have done nothing yet that I could do again."
            return Question(f"{nothing} What shall I do?")
        return _with_others(task) if thing is None else self._with_thing(task, thing, scene)

    def _with_thing(self, task: Task, thing: Thing, scene: Scene) -> Task:
        """``task`` with ``thing`` in place of the thing of its last step, or of its container if it is one."""
        if isinstance(task, Seq):
            return self._with_thing(task.tasks[-1], thing, scene)
        place = getattr(task, "place", None)
        old = getattr(task, "thing", None)
        if isinstance(task, Put) and isinstance(place, In):
            noun = getattr(place.thing, "noun", "")
            if noun and self._is_no_other(thing, old, scene):  # "I meant the blue one", of a blue block
                inside = replace(thing, noun=noun)  # type: ignore[call-arg]
                thing = inside if self._is_container(inside, scene) else thing
            if self._is_container(thing, scene):
                return replace(task, place=In(thing))
        if isinstance(old, The | A) and isinstance(thing, The | A | All | Some) and thing.noun == "thing":
            thing = replace(thing, noun=old.noun)
        names_thing = any(f.name == "thing" for f in fields(task))
        return replace(task, thing=thing) if names_thing else task  # type: ignore[call-arg]

    def _is_no_other(self, thing: Thing, old: Any, scene: Scene) -> bool:
        """Whether the bare description ``thing`` fits nothing of the kind of ``old`` but ``old`` itself."""
        if getattr(thing, "noun", "") != "thing" or not isinstance(old, The) or not getattr(thing, "modifiers", ()):
            return False
        ground = self.words.grounding(scene)
        try:
            alike = ground.matching(replace(thing, noun=old.noun))  # type: ignore[call-arg]
            return {o.id for o in alike} <= {o.id for o in ground.matching(old)}
        except Unresolved:
            return False

    def _is_container(self, thing: Thing, scene: Scene) -> bool:
        try:
            found = self.words.grounding(scene).matching(thing)
        except Unresolved:
            return False
        return bool(found) and all(is_container(o) for o in found) and getattr(thing, "noun", "thing") != "thing"

    def closed(self, value: Any, scene: Scene) -> Any:
        """``value`` with the things that its first "it" or "them" means, as they are called."""
        talk = Discourse(earlier=self.words.recalled)
        it, them = scene.find(scene.held or talk.last), [scene.find(i) for i in talk.last_several]
        things = [o for o in them if o is not None]
        whole: dict[type[Thing], Thing | None] = {
            It: described(it, exactly=True) if it is not None else None,
            Them: Together(tuple(described(o, exactly=True) for o in things)) if len(things) > 1 else None,
        }
        return _in_full(with_condition_things(value), whole)

    def task_of(self, turn: Turn) -> Task | None:
        """The task of an instruction: a reading that comes to its steps, or the steps themselves."""
        if turn.task is not None or not turn.steps:
            return turn.task
        value = as_value(turn.text or turn.said)
        try:
            readings = [m.value for m in self.words.reader.read(turn.text or turn.said)] if value is None else [value]
        except ValueError:
            readings = []
        before, self.words.recalled = self.words.recalled, turn.recalled
        try:
            for reading in readings:
                task = self.closed(reading.task if isinstance(reading, Also | First) else reading, turn.scene)
                if isinstance(task, Task) and self.comes_to(task, Plan(turn.steps), turn.scene):
                    turn.task = task
                    return turn.task
        finally:
            self.words.recalled = before
        turn.task = doing(turn.steps, turn.scene, True, self.words.viewpoint_yaw)
        return turn.task

    def comes_to(self, task: Task, plan: Plan, scene: Scene) -> bool:
        """Whether ``task`` has the steps of ``plan``, in any order."""
        answer = self.words.plan(write(task), scene)
        return isinstance(answer, Plan) and ends(answer.subtasks) == ends(plan.subtasks)


def is_back(value: Utterance) -> bool:
    """Whether ``value`` asks to put back what was moved: to undo, or to put it, them or everything where it was."""
    match value:
        case Undo() | Put(It() | Them() | Held() | All(), WhereItWas()):
            return True
    return False


def _in_full(value: Any, whole: dict[type[Thing], Thing | None]) -> Any:
    """``value`` with whole things for "it" and "them", up to the first step that names a thing itself."""
    if isinstance(value, It | Them | Held):
        return (whole.get(type(value)) if not isinstance(value, Held) else whole[It]) or value
    if isinstance(value, Seq):
        return replace(value, tasks=(_in_full(value.tasks[0], whole), *value.tasks[1:]))
    if isinstance(value, Value) and fields(value):
        parts = {f.name: getattr(value, f.name) for f in fields(value)}
        first = parts.get("thing")
        if isinstance(first, The | A | All | Some) and isinstance(value, Task):
            return value  # a later "it" is this thing
        return replace(value, **{name: _in_full(part, whole) for name, part in parts.items()})
    return value


def _with_others(value: Any) -> Any:
    """``value`` with other things where it left the choice: a block → another block."""
    if isinstance(value, Seq):
        return replace(value, tasks=tuple(_with_others(t) for t in value.tasks))
    thing = getattr(value, "thing", None)
    if isinstance(value, Task) and isinstance(thing, A | Some) and Other() not in thing.modifiers:
        return replace(value, thing=replace(thing, modifiers=(*thing.modifiers, Other())))  # type: ignore[call-arg]
    return value
