"""The grammar of the task language as a pushdown automaton over tokens, for a network that decodes under it.

A value is a sequence of tokens in prefix order: its head, then each field in order. ``END`` closes words and a field of
which there are many, ``NONE`` stands for an optional field that is absent. A `Cursor` knows after every prefix which
slot comes next and what may stand there, so that what is decoded is a value (Yin and Neubig 2018, TranX, section 2).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from sayso.planner.task.form import Field, Form, fitting, form_of, forms, words
from sayso.planner.task.values import Utterance, Value

END, NONE = ")", "-"
MAX_TOKENS = 120
_START = Field("utterance", (Utterance,), False, False, 0)


@dataclass(frozen=True, slots=True)
class Word:
    """A token that is a word of the sentence or of the vocabulary, of a noun, a name or any other text."""

    text: str


@dataclass(frozen=True, slots=True)
class Number:
    """A token that is a number."""

    value: float


Token = str | Word | Number


@dataclass(frozen=True, slots=True)
class Slot:
    """Where the next token stands: the head of the value around it, the field, and what may stand there.

    ``tokens`` are the fixed tokens; with ``words`` any `Word` may stand there, with ``numbers`` any `Number`.
    """

    head: str
    field: str
    tokens: tuple[str, ...]
    words: bool
    numbers: bool


@cache
def fixed_tokens() -> tuple[str, ...]:
    """All tokens that are neither words nor numbers: ends, heads, and the bare words of the language with a dot."""
    bare = {f".{w}" for form in forms().values() for field in form.fields for w in words(field.types)}
    return END, NONE, *forms(), *sorted(bare)


@cache
def slots() -> tuple[tuple[str, str], ...]:
    """Head and field of every slot."""
    return (("", _START.name), *((f.head, field.name) for f in forms().values() for field in f.fields))


@cache
def _slot(head: str, field: Field, started: bool, inside: bool) -> Slot:
    """The slot of ``field``; ``started``: END may stand there, ``inside``: it goes on with words."""
    if inside:
        return Slot(head, field.name, (END,) if started else (), True, False)
    tokens = [*fitting(field.types), *(f".{w}" for w in words(field.types))]
    if field.optional:
        tokens.append(NONE)
    if field.many and started:
        tokens.append(END)
    return Slot(head, field.name, tuple(tokens), str in field.types, float in field.types)


class Cursor:
    """A position in a value that is being decoded; ``done`` when the value is complete."""

    __slots__ = ("_open", "_text")

    def __init__(self) -> None:
        self._open: list[tuple[str, tuple[Field, ...], int]] = [("", (_START,), 0)]
        self._text: int | None = None

    def copy(self) -> Cursor:
        """A cursor that goes on from here by itself."""
        other = Cursor()
        other._open, other._text = list(self._open), self._text
        return other

    @property
    def done(self) -> bool:
        """Whether the value is complete."""
        return not self._open

    @property
    def slot(self) -> Slot:
        """The slot of the next token."""
        head, fields, count = self._open[-1]
        if self._text is not None:
            return _slot(head, fields[0], self._text > 0, True)
        return _slot(head, fields[0], count >= fields[0].least, False)

    def advance(self, token: Token) -> None:
        """Go past ``token``, which `slot` allows."""
        if self._text is not None:
            if token == END:
                self._text = None
                self._filled()
            else:
                self._text += 1
        elif isinstance(token, Word):
            self._text = 1
        elif token == END:
            head, fields, _ = self._open.pop()
            self._next(head, fields[1:])
        elif isinstance(token, str) and token in forms() and token in self.slot.tokens:
            self._next(token, forms()[token].fields)
        else:
            self._filled()

    def _next(self, head: str, fields: tuple[Field, ...]) -> None:
        if fields:
            self._open.append((head, fields, 0))
        else:
            self._filled()

    def _filled(self) -> None:
        """One value of the innermost open field is complete."""
        while self._open:
            head, fields, count = self._open.pop()
            if fields[0].many:
                self._open.append((head, fields, count + 1))
                return
            if len(fields) > 1:
                self._open.append((head, fields[1:], 0))
                return


def tokens_of(value: Value) -> list[Token]:
    """The tokens of ``value``."""
    return list(_tokens(value))


def _tokens(value: Any) -> Iterator[Token]:
    if isinstance(value, Value):
        form = form_of(type(value))
        yield form.head
        for field in form.fields:
            held = getattr(value, field.name)
            if field.many:
                for one in held:
                    yield from _tokens(one)
                yield END
            elif held is None:
                yield NONE
            else:
                yield from _tokens(held)
    elif isinstance(value, float | int):
        yield Number(float(value))
    elif str(value) != value or type(value) is not str:
        yield f".{value}"
    else:
        yield from (Word(w) for w in value.split())
        yield END


def value_of(tokens: Sequence[Token]) -> Value:
    """The value of ``tokens``. Raises ValueError if they are none."""
    rest = iter(tokens)
    try:
        value = _value(_START, next(rest), rest)
    except (StopIteration, KeyError, RuntimeError) as error:
        raise ValueError(f"the tokens are no value: {tokens}") from error
    if next(rest, None) is not None:
        raise ValueError(f"there are tokens after the value: {tokens}")
    return value  # type: ignore[no-any-return]


def _value(field: Field, token: Token, rest: Iterator[Token]) -> Any:
    if isinstance(token, Number):
        return token.value
    if isinstance(token, Word):
        said = [token.text]
        while isinstance(more := next(rest), Word):
            said.append(more.text)
        return " ".join(said)
    if token == NONE:
        return None
    if token.startswith("."):
        return words(field.types)[token[1:]]
    form: Form = forms()[token]
    held: dict[str, Any] = {}
    for part in form.fields:
        if part.many:
            several = []
            while (first := next(rest)) != END:
                several.append(_value(part, first, rest))
            held[part.name] = tuple(several)
        else:
            held[part.name] = _value(part, next(rest), rest)
    return form.made(**held)
