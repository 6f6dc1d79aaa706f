"""The words and phrases by which `modality` separates orders from other clauses.

They are in `modality.json`, without apostrophes. Phrases are patterns over plain words with one blank between them;
``<name>`` stands for one of its "macros".
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from sayso.planner.corrections.objects import NOUNS
from sayso.planner.corrections.words import TASK_VERBS, words

_DATA: Mapping[str, Any] = json.loads(Path(__file__).with_name("modality.json").read_text(encoding="utf-8"))
_W: Mapping[str, frozenset[str]] = {name: words(text) for name, text in _DATA["words"].items()}


def _one_of(phrases: Sequence[str], *, inside: bool = False) -> re.Pattern[str]:
    """A pattern for any of ``phrases``, whole words only; ``inside`` looks for it within a text, else at its start."""
    text = "|".join(re.sub(r"<([a-z ]+)>", lambda found: _DATA["macros"][found[1]], p) for p in phrases)
    return re.compile((r"(?<!\S)" if inside else "") + rf"(?:{text})(?!\S)")


POLITE = "☺"
"""Stands for a polite formula; no sentence holds it as a word."""
LONGEST_FORMULA = 12
FORMULAS = _one_of(_DATA["formulas"])
FORMULAS_AT_START = _one_of(_DATA["formulas at the start"])
CUES = {name: _one_of(phrases, inside=True) for name, phrases in _DATA["cues"].items()}
"""Cues that a clause is no plain order, by `modality.Modality`."""
SEQUENCE = _one_of(_DATA["sequence"])
"""Phrases that make a time clause a step of the plan."""
QUESTIONS: Mapping[str, str] = _DATA["questions"]

JOINTS, BREAKS, ADVERBS, TAGS = _W["joints"], _W["breaks"], _W["adverbs"], _W["tags"]
ASKING, ASKING_OF, SUBJECTS = _W["asking"], _W["asking of somebody"], _W["subjects"]
_PERSONS = words("i he she they we you")
ASKED_OF = {
    "do": SUBJECTS - words("it this that the these those a one") | {"you"},
    "have": _PERSONS,
    "need": _PERSONS,
    "should": SUBJECTS | {"you"},
    "must": SUBJECTS | {"you"},
    "may": SUBJECTS | {"you"},
}
"""Who follows a verb that then asks, where that is not `SUBJECTS`: "do you", but "do the red one"."""
TIME_CLAUSES, LATER = words("when once after before"), words("when after before")
FORM_OF: Mapping[str, str] = {
    word: form
    for line in reversed(_DATA["verbs"])
    for form, word in reversed(list(zip(("base", "third", "gerund", "past"), line.split(), strict=True)))
    if word != "-"
}
"""Action words in all forms, to "base", "third", "gerund" or "past"."""
ORDERS = TASK_VERBS.union(_W["orders"], (w for w, form in FORM_OF.items() if form == "base"))
THINGS = NOUNS | _W["things"]
ADDRESSED = _W["addressed"]
BEFORE_AN_ORDER = THINGS | _W["determiners"] | ADDRESSED | _W["before an order"]
BEFORE_A_GERUND, BEFORE_A_PARTICIPLE = THINGS | _W["before a gerund"], _W["before a participle"]
BEFORE_YOU = _W["before you"]
"""Words before "you" in a request: "could you put", not "you put"."""
GOVERNORS = THINGS | _W["governors"] | {"would like", "would love"}
"""Words before the "to" of an order: "you have to put"."""
NOUN_AFTER = _W["noun after"]
"""After "place", "stack" and the like these tell that it is a noun."""
PLACES, AIMS = _W["places"], _W["aims"]
"""`AIMS` turn "is in" from a statement into a goal."""
CAUSING = _W["causing"]
"""Verbs that an action word may depend on in the same clause ("let the block slide into the bowl")."""
