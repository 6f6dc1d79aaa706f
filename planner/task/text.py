"""A value's text, and the value of a text: ``put(the(block, color(red)), in(the(bowl)))``."""

from __future__ import annotations

import json
import re
from typing import Any

from sayso.planner.task.form import Field, Form, fitting, form_of, words
from sayso.planner.task.values import Utterance, Value

_TOKEN = re.compile(r'\s*(?:(-?\d+(?:\.\d+)?)|([^\W\d][\w\'-]*)|("(?:[^"\\]|\\.)*")|([(),=]))')
_PLAIN = re.compile(r"[^\W\d_][\w'-]*\Z")
MAX_DEPTH = 24


class NotATask(ValueError):
    """A text is no value of the task language; the message says what is wrong where."""


def write(value: Value) -> str:
    """The text of ``value``; `parse` reads it back."""
    form = form_of(type(value))
    parts = []
    for field in form.fields:
        held = getattr(value, field.name)
        if field.many:
            parts += [_written(v) for v in held]
        elif field.optional:
            parts += [f"{field.name}={_written(held)}"] if held is not None else []
        else:
            parts.append(_written(held))
    return f"{form.head}({', '.join(parts)})" if parts else form.head


def _written(held: Any) -> str:
    if isinstance(held, Value):
        return write(held)
    if isinstance(held, float):
        return f"{held:g}"
    text = str(held)
    return text if _PLAIN.match(text) else json.dumps(text, ensure_ascii=False)


def parse(text: str, kind: type[Value] = Utterance) -> Any:
    """The value of ``text``, one of class ``kind``. Raises `NotATask`."""
    reader = _Reader(text)
    value = reader.value((kind,), 0)
    if reader.at < len(reader.tokens):
        reader.wrong("the end")
    return value


class _Reader:
    def __init__(self, text: str) -> None:
        self.tokens: list[tuple[str, str]] = []
        at = 0
        while text[at:].strip():
            found = _TOKEN.match(text, at)
            if found is None:
                raise NotATask(f"{text[at : at + 12].strip()!r} cannot stand in a task")
            kinds = ("number", "word", "string", "mark")
            self.tokens.append(next((k, g) for k, g in zip(kinds, found.groups(), strict=True) if g is not None))
            at = found.end()
        self.at = 0

    def wrong(self, wanted: str) -> None:
        got = self.tokens[self.at][1] if self.at < len(self.tokens) else "the end"
        before = "".join(t for _, t in self.tokens[max(0, self.at - 6) : self.at])
        raise NotATask(f"after '{before}': {got} where {wanted} was expected")

    def next_is(self, mark: str) -> bool:
        return self.tokens[self.at : self.at + 1] == [("mark", mark)]

    def mark(self, mark: str) -> None:
        if not self.next_is(mark):
            self.wrong(f"'{mark}'")
        self.at += 1

    def value(self, kinds: tuple[type, ...], depth: int) -> Any:
        if depth > MAX_DEPTH:
            raise NotATask(f"the task is nested deeper than {MAX_DEPTH} levels")
        kind, text = self.tokens[self.at] if self.at < len(self.tokens) else ("", "")
        if float in kinds and kind == "number":
            self.at += 1
            return float(text)
        if str in kinds and kind in ("word", "string"):
            self.at += 1
            return text if kind == "word" else json.loads(text)
        if kind == "word" and text in words(kinds) and self.tokens[self.at + 1 : self.at + 2] != [("mark", "(")]:
            self.at += 1
            return words(kinds)[text]
        allowed = fitting(kinds)
        if kind != "word" or text not in allowed:
            names = [
                *words(kinds),
                *allowed,
                *(["a number"] if float in kinds else []),
                *(["words"] if str in kinds else []),
            ]
            self.wrong("one of " + ", ".join(names))
        self.at += 1
        return self.filled(allowed[text], depth)

    def filled(self, form: Form, depth: int) -> Value:
        held: dict[str, Any] = {f.name: () for f in form.fields if f.many}
        positional = [f for f in form.fields if not f.optional]
        if self.next_is("("):
            self.at += 1
            first = True
            while not self.next_is(")"):
                if not first:
                    self.mark(",")
                first = False
                field = self.field(form, positional)
                one = self.value(field.types, depth + 1)
                held[field.name] = (*held[field.name], one) if field.many else one
            self.at += 1
        missing = [
            f.name
            for f in form.fields
            if (len(held[f.name]) < f.least if f.many else f.name not in held and not f.optional)
        ]
        if missing:
            self.wrong(f"'{missing[0]}' of {form.head}")
        return form.made(**held)

    def field(self, form: Form, positional: list[Field]) -> Field:
        if self.tokens[self.at + 1 : self.at + 2] == [("mark", "=")]:
            name = self.tokens[self.at][1]
            named = next((f for f in form.fields if f.name == name), None)
            if named is None:
                self.wrong("one of " + ", ".join(f.name for f in form.fields))
            self.at += 2
            return named  # type: ignore[return-value]
        if not positional:
            self.wrong(f"the end of {form.head}")
        return positional[0] if positional[0].many else positional.pop(0)
