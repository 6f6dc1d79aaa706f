"""What an order leaves alone beside what it moves: "…, and leave the rest where it is".

Read as a whole, the reader often forbids the thing that is to be moved. The order by itself is plain, and the words for
all that it does not speak of are a closed class.
"""

from __future__ import annotations

import re

from sayso.planner.reader.beam import Meaning
from sayso.planner.task.things import THING
from sayso.planner.task.values import If, Once, Rest, Task, Unable, Until, Untouched, With

_ALL_ELSE = (
    r"(?:everything else|(?:all )?(?:of )?the (?:rest|others|other (?:ones|things)|remaining (?:ones|things)|remainder)"
    r"(?: of (?:them|it|the things))?)"
)
_AS_IT_IS = (
    r"(?:alone|alane|be|there|untouched|in (?:its|their) places?|in place|as (?:it is|it['’]?s|they are)"
    r"|(?:just )?where (?:it is|it['’]?s|they are|they['’]?re))"
)
_NOT = r"(?:do not|don['’]?t|never)"
_LEAVES = re.compile(
    rf"(?P<order>.*?\w)[\s,.;:]+(?:(?:and|but|please|just|you) )*(?:leave {_ALL_ELSE}(?: {_AS_IT_IS})?"
    rf"|{_ALL_ELSE} (?:(?:can|should|must|shall|may) )?(?:stays?|remains?|is left|are left|be left) (?:put|{_AS_IT_IS})"
    rf"|{_NOT} (?:touch|move) (?:anything else|any of the (?:others|rest)|{_ALL_ELSE}))(?:,? please)?[\s.!]*",
    re.I | re.S,
)


def leaving_others(sentence: str) -> str | None:
    """The order of a ``sentence`` that ends with leaving all else alone; None for other sentences."""
    found = _LEAVES.fullmatch(sentence.strip())
    return found["order"] if found is not None else None


def with_others_left(meanings: tuple[Meaning, ...]) -> tuple[Meaning, ...]:
    """The ``meanings`` of the order under the constraint that all else stays; empty if the best is no plain task."""
    if not meanings or not isinstance(meanings[0].value, Task) or isinstance(meanings[0].value, _TIED):
        return ()
    rest = Untouched(Rest(THING))
    return tuple(Meaning(_bound(m.value, rest), m.probability) for m in meanings if isinstance(m.value, Task))


_TIED = (If, Once, Until, Unable)


def _bound(task: Task, rest: Untouched) -> With:
    return With(task.task, (*task.constraints, rest)) if isinstance(task, With) else With(task, (rest,))
