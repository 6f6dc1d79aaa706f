"""A model's words → a task of the task language with its marks, names and points put in place, a question or a refusal.

A plan of subtasks with ids is read as well: the form of models that were set up for earlier versions.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from typing import Any, Literal

from pydantic import BaseModel, Field, ValidationError

from sayso.perception.scene import Scene, SceneObject
from sayso.planner.as_task import described
from sayso.planner.plan import Plan, Question, Refusal, Relation, Subtask, Verb
from sayso.planner.remote.http import one_line
from sayso.planner.remote.pointing import Convention, pointed
from sayso.planner.remote.schema import find_json
from sayso.planner.remote.sight import Sight
from sayso.planner.task.nouns import singular
from sayso.planner.task.schema import TYPE, from_json
from sayso.planner.task.text import parse
from sayso.planner.task.values import (
    A,
    All,
    Called,
    Either,
    Modifier,
    Place,
    Point,
    Rest,
    Some,
    Task,
    The,
    Thing,
    Together,
    Value,
)  # fmt: skip

MAX_STEPS = 24
MAX_TEXT = 200
_DIRECTIONS = {
    "left": Relation.LEFT,
    "right": Relation.RIGHT,
    "forward": Relation.BEHIND,
    "back": Relation.FRONT,
}


class _Name(BaseModel):
    mark: int | None = None
    name: str | None = None
    label: str | None = None
    model_config = {"extra": "allow"}


class _Task(BaseModel):
    type: Literal["task"]
    names: list[_Name] = Field([], max_length=64)
    task: Any


class _Step(BaseModel):
    verb: Verb
    object: str
    relation: Relation | None = None
    reference: str | None = None
    direction: Literal["left", "right", "forward", "back"] | None = None
    distance: float | None = Field(None, ge=0.01, le=0.5, allow_inf_nan=False)


class _Plan(BaseModel):
    type: Literal["plan"]
    subtasks: list[_Step] = Field(max_length=MAX_STEPS)


class _Question(BaseModel):
    type: Literal["question"]
    text: str = Field(min_length=1)
    options: list[str] = Field([], max_length=MAX_STEPS)


class _Refusal(BaseModel):
    type: Literal["refusal"]
    reason: str = Field(min_length=1)


class _Wrapped(BaseModel):
    answer: _Task | _Plan | _Question | _Refusal = Field(discriminator="type")


@dataclass(frozen=True, slots=True)
class Reader:
    """Reads answers about ``sight`` by a model that writes points by ``convention``; ``named`` are the names that it
    gave to things, by id."""

    sight: Sight
    convention: Convention
    named: dict[str, str] = field(default_factory=dict)

    def read(self, text: str) -> Task | Plan | Question | Refusal:
        """The parsed answer. Raises ValueError for a wrong form; the ids of a plan are checked later."""
        found = find_json(text)
        try:
            answer = _Wrapped.model_validate(found if "answer" in found else {"answer": found}).answer
        except ValidationError as error:
            problems = (f"{'.'.join(str(p) for p in e['loc'][:6])}: {e['msg']}" for e in error.errors()[:3])
            raise ValueError(one_line("; ".join(problems), 400)) from error
        if isinstance(answer, _Question):
            return Question(one_line(answer.text), tuple(one_line(o, 80) for o in answer.options))
        if isinstance(answer, _Refusal):
            return Refusal(one_line(answer.reason))
        if isinstance(answer, _Plan):
            return Plan(_subtasks(answer.subtasks, self.sight.scene))
        return self.task(answer.task, answer.names)

    def task(self, found: object, names: list[_Name]) -> Task:
        """The task of a JSON or of its text. Raises ValueError."""
        known: dict[str, list[str]] = {}
        for one in names:
            if word := one_line(one.name or one.label or "", MAX_TEXT):
                thing = self._named(one)
                known.setdefault(singular(word), []).append(thing.id)
                self.named[thing.id] = word
        task = self.value(found, Task)
        return _placed(task, self.sight, known)  # type: ignore[no-any-return]

    def value(self, found: object, kind: type[Value]) -> Any:
        """The value of class ``kind`` of a JSON or of its text, with its marks and points. Raises ValueError."""
        plain = _plain(found)
        if isinstance(plain, str) and "(" in plain:
            return _placed(parse(plain, kind), self.sight, {})
        return _placed(from_json(plain, kind, self._special), self.sight, {})

    def _named(self, one: _Name) -> SceneObject:
        """The thing that gets a name, by its mark or by a point."""
        if one.mark is not None:
            return self._marked(one.mark)
        point = pointed(one.model_extra or {}, self.convention, self.sight.size)
        if point is None:
            raise ValueError("a name needs the mark of a thing")
        return self._at(point)

    def _special(self, found: object, kinds: tuple[type, ...]) -> Value | None:
        """A mark, and a point in the place of a thing or of a place."""
        for_thing, for_place = Thing in kinds, Place in kinds or Modifier in kinds
        if not (for_thing or for_place):
            return None
        if isinstance(found, Mapping) and for_thing and found.get(TYPE) == "mark":
            return described(self._marked(found.get("number")), exactly=True)
        if isinstance(found, Mapping) and found.get(TYPE) not in (None, "point"):
            return None
        point = pointed(found, self.convention, self.sight.size)
        if point is None:
            return None
        return described(self._at(point), exactly=True) if for_thing else Point(*point)

    def _marked(self, number: object) -> SceneObject:
        known = self.sight.numbers.get(number) if isinstance(number, int) else None
        thing = self.sight.scene.find(known)
        if thing is None:
            numbers = ", ".join(map(str, self.sight.numbers)) or "none"
            raise ValueError(f"there is no mark {str(number)[:20]}; there are: {numbers}")
        return thing

    def _at(self, point: tuple[float, float]) -> SceneObject:
        thing = self.sight.thing_at(*point)
        if thing is None:
            numbers = self.convention.write(point, self.sight.size)
            raise ValueError(f"no thing of the list is at the point {numbers} of the picture")
        return thing


def _plain(found: object) -> object:
    """``found`` with every text on one line."""
    if isinstance(found, str):
        return one_line(found, MAX_TEXT * 10)
    if isinstance(found, list):
        return [_plain(one) for one in found]
    return {str(k): _plain(v) for k, v in found.items()} if isinstance(found, Mapping) else found


def _placed(value: Any, sight: Sight, names: Mapping[str, list[str]]) -> Any:
    """``value`` with the things that a mark, a point or one of the ``names`` says exactly."""
    if isinstance(value, tuple):
        return tuple(_placed(one, sight, names) for one in value)
    if not isinstance(value, Value):
        return value
    if isinstance(value, The | A):
        for modifier in value.modifiers:
            thing = _meant(modifier, sight)
            if thing is not None:
                return described(thing, exactly=True)
    if isinstance(value, The | A | All | Some | Rest) and (ids := names.get(singular(value.noun))):
        things = tuple(described(o, exactly=True) for o in map(sight.scene.find, ids) if o is not None)
        if len(things) == 1:
            return things[0]
        if not value.modifiers and isinstance(value, A | All):
            return Either(things) if isinstance(value, A) else Together(things)
    return replace(value, **{f.name: _placed(getattr(value, f.name), sight, names) for f in fields(value)})


def _meant(modifier: Modifier, sight: Sight) -> SceneObject | None:
    """The thing that a name or a point among the modifiers says."""
    if isinstance(modifier, Called):
        number = sight.numbers.get(int(modifier.name)) if modifier.name.isdecimal() else modifier.name
        return sight.scene.find(number)
    return sight.thing_at(modifier.u, modifier.v) if isinstance(modifier, Point) else None


def _subtasks(steps: list[_Step], scene: Scene) -> tuple[Subtask, ...]:
    """The steps as subtasks: "put" adds a pick where needed; "pick up" of the held object is dropped."""
    held = scene.held or next((o.id for o in scene.objects if o.held), None)
    out: list[Subtask] = []
    for step in steps:
        pick = Subtask(Verb.PICK, step.object, _name(step.object, scene))
        if step.object != held and (held is None or step.verb is Verb.PICK):
            out.append(pick)
        held = step.object
        if step.verb is Verb.PLACE:
            out.append(_put(step, scene))
            held = None
    return tuple(out)


def _put(step: _Step, scene: Scene) -> Subtask:
    name = _name(step.object, scene)
    if step.direction is not None:
        return Subtask(Verb.PLACE, step.object, name, _DIRECTIONS[step.direction], step.object, name, step.distance)
    if step.relation is None or step.relation is Relation.AT or step.reference is None:
        raise ValueError(f"'put' of '{one_line(step.object, 40)}' needs a relation and a reference, or a direction")
    return Subtask(Verb.PLACE, step.object, name, step.relation, step.reference, _name(step.reference, scene))


def _name(object_id: str, scene: Scene) -> str:
    found = scene.find(object_id)
    return found.name if found else one_line(object_id, 40)
