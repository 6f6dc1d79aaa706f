"""A value's JSON, the value of a JSON, and the JSON schema of the task language; all three follow from the forms.

A value is an object of its head as ``type`` and its fields by name: ``{"type": "put", "thing": …, "place": …}``. A
field that is absent is null, and one of which there are many is an array. A value without fields may be its head alone.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Mapping
from typing import Any

from sayso.planner.task.form import Field, Form, fitting, form_of, words
from sayso.planner.task.text import MAX_DEPTH, NotATask
from sayso.planner.task.values import Utterance, Value

TYPE = "type"
Special = Callable[[object, tuple[type, ...]], Value | None]
"""What stands for a value of these types in somebody's JSON beside the language's own; None: nothing of the kind."""


def to_json(value: Value) -> dict[str, Any]:
    """The JSON of ``value``; `from_json` reads it back."""
    form = form_of(type(value))
    return {TYPE: form.head} | {field.name: _plain(getattr(value, field.name)) for field in form.fields}


def _plain(held: Any) -> Any:
    if isinstance(held, Value):
        return to_json(held)
    if isinstance(held, tuple):
        return [_plain(one) for one in held]
    return held if held is None or isinstance(held, float | int) else str(held)


def from_json(found: object, kind: type[Value] = Utterance, special: Special | None = None) -> Any:
    """The value of a JSON, one of class ``kind``; ``special`` is asked first. Raises `NotATask`."""
    return _Json(special).held(found, (kind,), form_name(kind), 0)


class _Json:
    def __init__(self, special: Special | None) -> None:
        self._special = special

    def held(self, found: object, kinds: tuple[type, ...], where: str, depth: int) -> Any:
        if depth > MAX_DEPTH:
            raise NotATask(f"the task is nested deeper than {MAX_DEPTH} levels")
        if self._special is not None and (value := self._special(found, kinds)) is not None:
            return value
        if float in kinds and isinstance(found, float | int) and not isinstance(found, bool) and math.isfinite(found):
            return float(found)
        allowed = fitting(kinds)
        if isinstance(found, str):
            if found in words(kinds):
                return words(kinds)[found]
            if str in kinds and found.strip():
                return found
            if found in allowed:
                return self._filled(allowed[found], {}, where, depth)
        head = found.get(TYPE) if isinstance(found, Mapping) else None
        if isinstance(head, str) and head in allowed:
            return self._filled(allowed[head], found, where, depth)  # type: ignore[arg-type]
        wanted = [*words(kinds), *allowed, *(["a number"] if float in kinds else [])]
        wanted += ["words"] if str in kinds else []
        got = found.get(TYPE, "an object without a type") if isinstance(found, Mapping) else found
        raise NotATask(f"{where}: {str(got)[:40]!r} where one of {', '.join(wanted)} was expected")

    def _filled(self, form: Form, found: Mapping[str, Any], where: str, depth: int) -> Value:
        where = f"{where}.{form.head}"
        if odd := [key for key in found if key != TYPE and key not in {field.name for field in form.fields}]:
            fields = ", ".join(field.name for field in form.fields) or "no fields"
            raise NotATask(f"{where}: it has no '{str(odd[0])[:40]}'; there are: {fields}")
        return form.made(
            **{f.name: self._field(found.get(f.name), f, f"{where}.{f.name}", depth + 1) for f in form.fields}
        )

    def _field(self, found: object, field: Field, where: str, depth: int) -> Any:
        if not field.many:
            if found is None and field.optional:
                return None
            return self.held(found, field.types, where, depth)
        several = [] if found is None else found if isinstance(found, list) else [found]
        if len(several) < field.least:
            raise NotATask(f"{where}: at least {field.least} is needed")
        return tuple(self.held(one, field.types, f"{where}[{i}]", depth) for i, one in enumerate(several))


def form_name(kind: type) -> str:
    """The name of a class of values in the schema: the head of one that can be written, else the class's own."""
    return kind.__name__ if kind.__subclasses__() else form_of(kind).head


def schema(kind: type[Value] = Utterance, without: Collection[str] = ()) -> dict[str, Any]:
    """The JSON schema of the values of class ``kind``, without those heads.

    Every property is required and no other allowed, as the strict mode of model servers wants it. The definitions of
    classes and heads stand under ``$defs``.
    """
    made: dict[str, Any] = {}
    return _any_of((kind,), made, without) | {"$defs": made}


def _any_of(kinds: tuple[type, ...], made: dict[str, Any], without: Collection[str], empty: bool = False) -> Any:
    options: list[dict[str, Any]] = []
    for kind in kinds:
        if issubclass(kind, Value):
            options.append({"$ref": f"#/$defs/{_defined(kind, made, without)}"})
        elif kind in (str, float):
            options.append({"type": "string" if kind is str else "number"})
        else:
            options.append({"type": "string", "enum": list(words((kind,)))})
    options += [{"type": "null"}] if empty else []
    return options[0] if len(options) == 1 else {"anyOf": options}


def _defined(kind: type, made: dict[str, Any], without: Collection[str]) -> str:
    """The name under which ``made`` defines a class of values."""
    name = form_name(kind)
    if name in made:
        return name
    made[name] = {}  # a value may hold values of its own class
    if kind.__subclasses__():
        heads = [form.made for head, form in fitting((kind,)).items() if head not in without]
        made[name] = {"anyOf": [{"$ref": f"#/$defs/{_defined(sub, made, without)}"} for sub in heads]}
        return name
    properties: dict[str, Any] = {TYPE: {"type": "string", "const": name}}
    for field in form_of(kind).fields:
        one = _any_of(field.types, made, without, field.optional)
        least = {"minItems": field.least} if field.least else {}
        properties[field.name] = {"type": "array", "items": one} | least if field.many else one
    made[name] = {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }
    return name
