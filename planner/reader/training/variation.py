"""Variations of the pairs: other nouns, colors, things and places, mirrored sides, typing errors, sentences in one.

Recombining what people wrote in place of writing templates follows Jia and Liang 2016 (data recombination).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import fields, replace
from functools import partial
from typing import Any, TypeVar

import numpy as np

from sayso.planner.reader.source import Context
from sayso.planner.reader.training.composition import clauses_in, conditional, limited
from sayso.planner.reader.training.pairs import Pair
from sayso.planner.reader.training.parallel import parallel
from sayso.planner.reader.training.phrases import exchanged, phrases_in
from sayso.planner.task.nouns import singular
from sayso.planner.task.values import (
    After,
    Answer,
    Ask,
    AtLeast,
    Called,
    Cm,
    Color,
    Direction,
    Event,
    GoOn,
    Harm,
    Inch,
    Mind,
    Mm,
    Name,
    Nth,
    Rank,
    Remark,
    Repeat,
    Seq,
    Side,
    Some,
    Stop,
    Task,
    Unable,
    Unclear,
    Value,
    Whether,
)  # fmt: skip

_COLORS = [
    "red",
    "orange",
    "yellow",
    "green",
    "blue",
    "purple",
    "pink",
    "brown",
    "white",
    "black",
    "gray",
    "grey",
    "cyan",
    "turquoise",
    "beige",
    "violet",
    "teal",
    "navy",
    "gold",
    "silver",
    "lime",
    "maroon",
    "olive",
    "tan",
    "magenta",
]
_T = TypeVar("_T")
_WORD = re.compile(r"\w(?:[\w'’.-]*\w)?")
_ROUNDABOUT = (
    "",
    "",
    "",
    "please ",
    "um ",
    "ok ",
    "okay, ",
    "so ",
    "hey, ",
    "now ",
    "alright, ",
    "robot, ",
    "right, ",
    "well, ",
    "yo ",
    "uh, ",
)
_AFTER = ("", "", "", " please", " thanks", ", thank you", " ok?", " mate", ", cheers", " now", ", robot")
_LINKS = (" and then ", ", then ", ". then ", " and ", ". after that ", "; ", " and after that ", " then ", ", ", ". ",
          ", and ", ", and finally ", ", next ", ". when that's done ", " afterwards ", ", after that ")  # fmt: skip
_OPENINGS = ("", "", "", "", "first ", "first, ", "ok so ", "first of all ", "start by this: ")
_BACKWARDS = (
    "before you {1}, {0}",
    "{1}, but before that {0}",
    "{1}. but first {0}",
    "{0} before you {1}",
    "once you've done this: {0}, {1}",
)
_ORDINALS = ("first", "second", "third", "fourth", "fifth", "sixth")
_COUNTED = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")
SILENT = (Remark, Unclear, Stop, GoOn, Answer, Ask, Whether, Harm)
"""Meanings that name no things or colors."""
AS_SAID = (Called, Event, Mind, Name, Unable)
"""Values that hold words of the sentence as they are."""
JOINED, RENAMED, EXCHANGED = 0.6, 0.75, 0.3
"""The shares of sentences that are joined with others, get other nouns and colors, and get another phrase."""
LIMITED, CONDITIONAL, PARALLEL = 0.2, 0.15, 0.3
"""Of the sentences that are joined, the shares that get a prohibition or a condition in place of another order, and
those in whose place several things go to several places."""
BESIDE = 0.25
"""Of several orders in one sentence, the share that gets a prohibition or a condition besides."""
_MIRROR = {
    "left": "right", "right": "left", "leftmost": "rightmost", "rightmost": "leftmost", "leftward": "rightward",
    "lefthand": "righthand", "righthand": "lefthand",
}  # fmt: skip


class Variation:
    """Draws variations of pairs; ``pairs`` give the nouns."""

    def __init__(self, pairs: Sequence[Pair], extra_nouns: Sequence[str] = ()) -> None:
        nouns: dict[str, int] = {}
        for pair in pairs:
            for noun in _strings(pair.meaning, "noun"):
                nouns[noun] = nouns.get(noun, 0) + 1
        self.nouns = [n for n in {*nouns, *extra_nouns} if n != "thing" and _WORD.fullmatch(n)]
        self.nouns.sort()
        self.phrases = phrases_in(pairs)
        self.clauses = clauses_in(pairs)
        common = {n for n, times in nouns.items() if times >= 12} - {"thing"}
        usual = {n for n, times in nouns.items() if times >= 40 and _WORD.fullmatch(n)}
        self.plain = sorted(usual - {"thing"}) or ["block"]
        self.common = {n for n in common if _WORD.fullmatch(n)}
        self.orders = [
            p for p in pairs
            if isinstance(p.meaning, Task) and not isinstance(p.meaning, Unable | Harm | Seq)
            and p.context == Context() and 3 <= len(p.said.split()) <= 14 and not re.search(r"[.?!,;].*\w", p.said)
        ]  # fmt: skip
        self._joinable = {p.said for p in self.orders}

    def draw(self, pair: Pair, rng: np.random.Generator) -> Pair:
        """``pair`` or a variation of it."""
        if rng.random() < EXCHANGED:
            pair = exchanged(pair, self.phrases, rng)
        joinable = pair.said in self._joinable and pair.context == Context()
        if rng.random() < RENAMED:
            pair = self._renamed(pair, rng)
        if rng.random() < 0.4:
            pair = renumbered(pair, rng)
        if rng.random() < 0.3:
            pair = mirrored(pair)
        if joinable and rng.random() < JOINED:
            pair = self._composed(pair, rng)
        if rng.random() < 0.35:
            pair = replace(pair, said=_said_otherwise(pair, rng))
        return pair

    def _composed(self, pair: Pair, rng: np.random.Generator) -> Pair:
        """``pair`` with a limit, a condition or other orders, or several orders in its place."""
        way = rng.random()
        if way < LIMITED:
            return self._limited(pair, rng)
        if way < LIMITED + CONDITIONAL:
            return self._conditional(pair, rng)
        if way < LIMITED + CONDITIONAL + PARALLEL:
            return self._renamed(parallel(self.phrases, self.plain, _COLORS, rng), rng)
        pair = self._joined(pair, rng)
        way = rng.random()
        if way < BESIDE / 2:
            return self._limited(pair, rng)
        return self._conditional(pair, rng) if way < BESIDE else pair

    def _limited(self, pair: Pair, rng: np.random.Generator) -> Pair:
        if not self.clauses.prohibitions:
            return pair
        return limited(pair, self._renamed(_one(self.clauses.prohibitions, rng), rng), rng)

    def _conditional(self, pair: Pair, rng: np.random.Generator) -> Pair:
        if not self.clauses.conditions:
            return pair
        other = self._renamed(_one(self.orders, rng), rng)
        return conditional(pair, _one(self.clauses.conditions, rng), rng, other)

    def _renamed(self, pair: Pair, rng: np.random.Generator) -> Pair:
        said = pair.said
        words = {w.casefold() for w in _WORD.findall(said)}
        new: dict[str, dict[str, str]] = {"noun": {}, "color": {}}
        for noun in dict.fromkeys(_strings((pair.meaning, pair.context.doing, pair.context.before), "noun")):
            if noun != "thing" and _WORD.fullmatch(noun) and rng.random() < 0.6:
                other = (
                    str(rng.choice(self.nouns))
                    if rng.random() < 0.6
                    else str(rng.choice(["block", "bowl", "cube", "cup", "box", "dish", "brick", "plate"]))
                )
                if any(singular(w) == noun for w in words) and other not in new["noun"].values() and other not in words:
                    new["noun"][noun] = other
        for color in dict.fromkeys(_strings((pair.meaning, pair.context.doing, pair.context.before), "color")):
            if color in _COLORS and color in words and rng.random() < 0.7:
                free = [c for c in _COLORS if c not in words and c not in new["color"].values()]
                new["color"][color] = str(rng.choice(free))
        meant = {*_strings(pair.meaning, "noun"), *_strings(pair.meaning, "color")}
        for word in sorted(words):  # what a remark names is renamed too, lest one color be the sign of a remark
            if word in _COLORS and word not in meant and word not in new["color"] and rng.random() < 0.5:
                free = [c for c in _COLORS if c not in words and c not in new["color"].values()]
                new["color"][word] = str(rng.choice(free))
            noun = singular(word)
            if isinstance(pair.meaning, SILENT) and noun in self.common and noun not in meant and rng.random() < 0.5:
                new["noun"].setdefault(noun, str(rng.choice(self.nouns)))
        if not new["noun"] and not new["color"]:
            return pair

        def swap(match: re.Match[str]) -> str:
            word = match.group()
            low = word.casefold()
            if low in new["color"]:
                return _cased(new["color"][low], word)
            noun = new["noun"].get(singular(low))
            if noun is None:
                return word
            return _cased(noun if low == singular(low) else _plural(noun), word)

        changed = _WORD.sub(swap, said)
        changed = (
            re.sub(r"\b([Aa])n? (?=([a-z]))", lambda m: f"{m[1]}{'n' * (m[2] in 'aeiou')} ", changed)
            if changed != said
            else changed
        )
        mapped = lambda v: _mapped(v, new, partial(_WORD.sub, swap))  # noqa: E731
        return Pair(changed, _in_context(pair.context, mapped), mapped(pair.meaning), pair.group)

    def _joined(self, pair: Pair, rng: np.random.Generator) -> Pair:
        """``pair`` and one to three other orders in one sentence."""
        parts = [pair]
        for _ in range(1 + int(rng.random() < 0.5) + int(rng.random() < 0.2)):
            other = _one(self.orders, rng)
            if rng.random() < EXCHANGED:
                other = exchanged(other, self.phrases, rng)
            parts.append(self._renamed(other, rng))
        tasks = tuple(p.meaning for p in parts if isinstance(p.meaning, Task))
        if len(tasks) != len(parts) or sum(len(p.said.split()) for p in parts) > 40:
            return pair
        texts = [p.said.rstrip(" .!?") for p in parts]
        texts[1:] = [t if t[:2] in ("I ", "I'") else t[:1].lower() + t[1:] for t in texts[1:]]
        if len(parts) == 2 and rng.random() < 0.3:
            said = str(rng.choice(_BACKWARDS)).format(*texts)
        else:
            link, last = (str(rng.choice(_LINKS)) for _ in range(2))
            said = str(rng.choice(_OPENINGS)) + link.join(texts[:-1]) + last + texts[-1]
        return Pair(said, pair.context, Seq(tasks), "order")


def _one(of: Sequence[_T], rng: np.random.Generator) -> _T:
    return of[int(rng.integers(len(of)))]


def renumbered(pair: Pair, rng: np.random.Generator) -> Pair:
    """``pair`` with another number in place of its only one, if the sentence says this number once."""
    numbers = _numbers(pair.meaning)
    if len(numbers) != 1:
        return pair
    kind, old = numbers[0]
    told = [n for part in (pair.context.doing, pair.context.before) for _, n in _numbers(part)]
    said = [m for m in re.finditer(r"\d+(?:st|nd|rd|th)?|\w+", pair.said) if _number_of(m.group()) == old]
    if len(said) != 1 or old in told or old != int(old) or re.search(r"\d[.,/]\d", pair.said):
        return pair
    match = said[0]
    ordinal = match.group().casefold() in _ORDINALS or (match.group()[-1:].isalpha() and match.group()[0].isdigit())
    if old == 1 or (kind is Nth and not ordinal) or kind not in (Nth, Some, AtLeast, Repeat, Cm, Mm, Inch, After):
        return pair
    new = int(rng.integers(2, 6 if kind in (Nth, Some, AtLeast, Repeat) else 20))
    if ordinal:
        text = (
            _ORDINALS[new - 1]
            if not match.group()[0].isdigit()
            else f"{new}{('nd', 'rd', 'th', 'th')[min(new, 5) - 2]}"
        )
    else:
        text = _COUNTED[new] if match.group().isalpha() and new < len(_COUNTED) else str(new)
    said_now = pair.said[: match.start()] + text + pair.said[match.end() :]
    return replace(pair, said=said_now, meaning=_with_number(pair.meaning, old, float(new)))


def _number_of(word: str) -> float | None:
    low = word.casefold()
    if low in _ORDINALS:
        return _ORDINALS.index(low) + 1.0
    if low in _COUNTED:
        return float(_COUNTED.index(low))
    digits = re.fullmatch(r"(\d+)(?:st|nd|rd|th)?", low)
    return float(digits[1]) if digits else None


def _numbers(value: Any) -> list[tuple[type[Value], float]]:
    if isinstance(value, tuple):
        return [n for v in value for n in _numbers(v)]
    if not isinstance(value, Value):
        return []
    held = [getattr(value, f.name) for f in fields(value)]
    return [(type(value), n) for n in held if isinstance(n, float | int)] + [n for v in held for n in _numbers(v)]


def _with_number(value: Any, old: float, new: float) -> Any:
    if isinstance(value, tuple):
        return tuple(_with_number(v, old, new) for v in value)
    if isinstance(value, float | int) and value == old:
        return new
    if isinstance(value, Value):
        return replace(value, **{f.name: _with_number(getattr(value, f.name), old, new) for f in fields(value)})
    return value


def mirrored(pair: Pair) -> Pair:
    """``pair`` with left and right exchanged, if all of its lefts and rights mean sides; else as it is."""
    words = [w.casefold() for w in _WORD.findall(pair.said)]
    said = sum(w in _MIRROR for w in words)
    meant = sum(1 for text in _sides(pair.meaning))
    if not said or said != meant or ("right" in words and "left" not in words and pair.group in ("remark", "stop")):
        return pair

    def turn(match: re.Match[str]) -> str:
        word = match.group()
        return _cased(_MIRROR.get(word.casefold(), word.casefold()), word) if word.casefold() in _MIRROR else word

    return Pair(_WORD.sub(turn, pair.said), pair.context, _flipped(pair.meaning), pair.group)


def _sides(value: Any) -> list[str]:
    if isinstance(value, Side | Rank | Direction):
        return [str(value)] if str(value) in _MIRROR else []
    if isinstance(value, tuple):
        return [s for v in value for s in _sides(v)]
    if isinstance(value, Value):
        name = {"LeftOf": ["left"], "RightOf": ["right"]}.get(type(value).__name__, [])
        return name + [s for f in fields(value) for s in _sides(getattr(value, f.name))]
    return []


def _flipped(value: Any) -> Any:
    from sayso.planner.task.values import LeftOf, RightOf

    if isinstance(value, Side | Rank | Direction):
        return type(value)(_MIRROR.get(str(value), str(value)))
    if isinstance(value, tuple):
        return tuple(_flipped(v) for v in value)
    if isinstance(value, LeftOf | RightOf):
        made = RightOf if isinstance(value, LeftOf) else LeftOf
        return made(_flipped(value.thing), value.by)
    if isinstance(value, Value):
        return replace(value, **{f.name: _flipped(getattr(value, f.name)) for f in fields(value)})
    return value


def _strings(value: Any, what: str) -> list[str]:
    """The nouns, or the names of colors, in ``value``."""
    if isinstance(value, tuple):
        return [s for v in value for s in _strings(v, what)]
    if not isinstance(value, Value):
        return []
    own = [value.name] if what == "color" and isinstance(value, Color) else []
    own += [value.noun] if what == "noun" and hasattr(value, "noun") else []
    return own + [s for f in fields(value) for s in _strings(getattr(value, f.name), what)]


def _mapped(value: Any, new: dict[str, dict[str, str]], swapped: Callable[[str], str]) -> Any:
    if isinstance(value, tuple):
        return tuple(_mapped(v, new, swapped) for v in value)
    if not isinstance(value, Value):
        return value
    if isinstance(value, Color):
        return Color(new["color"].get(value.name, value.name))
    held = {f.name: _mapped(getattr(value, f.name), new, swapped) for f in fields(value)}
    if isinstance(value, AS_SAID):
        held |= {name: swapped(text) for name, text in held.items() if isinstance(text, str)}
    if "noun" in held:
        held["noun"] = new["noun"].get(held["noun"], held["noun"])
    return replace(value, **held)


def _in_context(context: Context, mapped: Callable[[Any], Any]) -> Context:
    return Context(mapped(context.doing), mapped(context.before), context.asked)


def _plural(noun: str) -> str:
    if noun.endswith(("s", "x", "ch", "sh")):
        return noun + "es"
    if noun.endswith("y") and noun[-2:-1] not in "aeiou":
        return noun[:-1] + "ies"
    return noun + "s"


def _cased(word: str, like: str) -> str:
    if like.isupper() and len(like) > 1:
        return word.upper()
    return word.capitalize() if like[:1].isupper() else word


def _said_otherwise(pair: Pair, rng: np.random.Generator) -> str:
    """The sentence with typing errors, without marks, or with a word before or after."""
    said = pair.said
    if rng.random() < 0.4:
        said = re.sub(r"[.,;:!?]+", "", said)
    if rng.random() < 0.3 and not isinstance(pair.meaning, Remark | Unclear) and pair.context == Context():
        said = str(rng.choice(_ROUNDABOUT)) + said.rstrip(".") + str(rng.choice(_AFTER))
    if rng.random() < 0.6:
        fixed = {
            w.casefold() for s in (*_strings(pair.meaning, "noun"), *_strings(pair.meaning, "color")) for w in s.split()
        }
        words = said.split(" ")
        for i in rng.permutation(len(words))[: 1 + len(words) // 8]:
            if len(words[i]) > 3 and words[i].isalpha() and singular(words[i]) not in fixed - set(_COLORS):
                words[i] = _misspelt(words[i], rng)
        said = " ".join(words)
    return said


def _misspelt(word: str, rng: np.random.Generator) -> str:
    at = int(rng.integers(1, len(word) - 1))
    way = rng.integers(5)
    if way == 4:
        vowels = [i for i, letter in enumerate(word) if letter in "aeiou"] or [len(word) - 1]
        at = int(rng.choice(vowels))
        return word[:at] + word[at] * int(rng.integers(2, 5)) + word[at + 1 :]
    if way == 0:
        return word[:at] + word[at + 1] + word[at] + word[at + 2 :]
    if way == 1:
        return word[:at] + word[at + 1 :]
    if way == 2:
        return word[:at] + word[at] + word[at:]
    return word[:at] + chr(97 + int(rng.integers(26))) + word[at + 1 :]
