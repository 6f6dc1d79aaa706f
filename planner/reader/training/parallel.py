"""Several things to several places in one sentence, mostly without a verb: "red one in the cup, ring on the plate".

People seldom say the verb again (gapping). The phrases are those that people said (`phrases.py`).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from sayso.planner.reader.source import Context
from sayso.planner.reader.training.pairs import Pair
from sayso.planner.reader.training.phrases import Phrases
from sayso.planner.task.values import (
    All,
    Color,
    In,
    On,
    Place,
    Put,
    Rest,
    Seq,
    Task,
    The,
    Thing,
    Together,
    Untouched,
    With,
)  # fmt: skip

PLAIN, GROUPED, STILL = 0.5, 0.2, 0.3
"""The shares of plain things and places, of clauses with two things, and of sentences that name what stays."""
_VERBS = ("put", "place", "move", "stick", "pop", "set", "drop", "get", "can you put", "please put", "i want", "bring")
_GOES = ("goes", "goes", "belongs", "should go", "has to go", "needs to be", "is to go", "can go", "wants to be")
_LINKS = (
    ", ", ", ", " and ", ", and ", "; ", ". ", ", then ", " then ", " and then ", " - ", " n ", " plus ", " while ",
)  # fmt: skip
_BARE = (", ", ", ", " ", ". ", "; ", " and ", " then ", ", then ", " n ")
_STAYS = (
    "{0} stays", "{0} stays put", "{0} stays where it is", "leave {0}", "leave {0} alone", "leave {0} where it is",
    "don't touch {0}", "not touching {0}", "{0} doesn't move", "{0} remains", "keep off {0}", "without touching {0}",
    "but {0} stays there", "mind {0}, it stays", "{0} can stay", "hands off {0}", "{0} is fine where it is",
)  # fmt: skip
_REST = (
    "rest stays", "the rest stays", "leave the rest", "everything else stays", "leave the others", "nothing else moves",
    "the others stay where they are", "don't touch anything else", "leave everything else as it is", "others stay",
)  # fmt: skip
_CONTAINERS = ("bowl", "cup", "box", "mug", "bowl", "tray", "basket", "jar")
_TOPS = ("plate", "tray", "block", "box", "lid", "book", "mat")


def parallel(phrases: Phrases, nouns: Sequence[str], colors: Sequence[str], rng: np.random.Generator) -> Pair:
    """A sentence of two to four such orders, and its meaning; ``nouns`` and ``colors`` are those of plain things."""
    one = lambda of: of[int(rng.integers(len(of)))]  # noqa: E731
    bare = rng.random() < 0.45

    def thing() -> tuple[str, Thing]:
        if phrases.things and rng.random() >= PLAIN:
            return one(phrases.things)
        noun, color, way = one(nouns), one(colors), rng.random()
        if way < 0.4:
            return f"the {color} {noun}", The(noun, (Color(color),))
        if way < 0.6:
            return f"the {noun}", The(noun)
        if way < 0.75:
            return f"the {color} one", The("thing", (Color(color),))
        if way < 0.85 and bare:
            return color, The("thing", (Color(color),))
        if way < 0.9:
            return f"both {color} ones", All("thing", (Color(color),))
        return f"all the {color} {_many(noun)}", All(noun, (Color(color),))

    def place() -> tuple[str, Place]:
        if phrases.places and rng.random() >= PLAIN:
            return one(phrases.places)
        inside = rng.random() < 0.6
        noun = one(_CONTAINERS if inside else _TOPS)
        color = (Color(one(colors)),) if rng.random() < 0.6 else ()
        words = " ".join((*(c.name for c in color), noun))
        where = The(noun, color)
        return f"{'in' if inside else 'on'} the {words}", In(where) if inside else On(where)

    texts: list[str] = []
    tasks: list[Task] = []
    verb, goes = one(_VERBS), rng.random() < 0.3
    for i in range(2 + int(rng.random() < 0.35) + int(rng.random() < 0.15)):
        text, what = thing()
        alone = isinstance(what, The)
        if alone and rng.random() < GROUPED:
            more, second = thing()
            text, what, alone = f"{text} and {more}", Together((what, second)), False
        where, at = place()
        if goes and alone:
            text = f"{text} {one(_GOES)} {where}"
        elif not bare and not goes and (i == 0 or rng.random() < 0.15):
            text = f"{verb} {text} {where}"
        else:
            text = f"{text} {where}"
        texts.append(text)
        tasks.append(Put(what, at))
    meaning: Task = Seq(tuple(tasks))
    links = _BARE if bare else _LINKS
    if rng.random() < STILL:
        text, what = (one(_REST), Rest("thing")) if rng.random() < 0.3 else _still(thing(), one(_STAYS))
        meaning = With(meaning, (Untouched(what),))
        texts.insert(0 if rng.random() < 0.2 else len(texts), text)
    said = texts[0] + "".join(str(one(links)) + text for text in texts[1:])
    if bare:
        said = said.replace("the ", "")
    if rng.random() < 0.4:
        said = said[:1].upper() + said[1:] + "."
    return Pair(said, Context(), meaning, "order")


def _still(what: tuple[str, Thing], form: str) -> tuple[str, Thing]:
    return form.format(what[0]), what[1]


def _many(noun: str) -> str:
    return f"{noun}es" if noun.endswith(("s", "x", "ch", "sh")) else f"{noun}s"
