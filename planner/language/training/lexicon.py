"""The words and sentence patterns of the training corpus, each with a part for the test alone.

They lie in `words.json` and `patterns.json`. In a pattern ``[a|b]`` is a choice, ``<name>`` one of the "macros",
``{o}`` an object, ``{r}`` a reference, ``{s}`` a source, ``{d}`` a distance.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from pathlib import Path

from sayso.planner.language.reading import Action, Intent

Words = Sequence[str]
_HERE = Path(__file__).parent
WORDS: Mapping[str, Words] = json.loads((_HERE / "words.json").read_text())
"""Lists of words that need no key; those "kept for the test" are never trained on."""
NAMES: Mapping[str, Mapping[str, Words]] = json.loads((_HERE / "words.json").read_text())
"""The same file's lists by key: colours, kinds, sides, pronouns."""
PAIRS_TEST = frozenset(frozenset(pair) for pair in WORDS["color pairs kept for the test"])
"""Colours that never stand in one training sentence."""
VERBS = frozenset(WORDS["verbs"])
"""First words that make a pattern an imperative, which can follow "could you" and take an -ing."""
_IRREGULAR: Mapping[str, str] = json.loads((_HERE / "words.json").read_text())["irregular gerunds"]
_PATTERNS = json.loads((_HERE / "patterns.json").read_text())
DISTANCES: Mapping[str, Words] = _PATTERNS["distances"]
LEADS: Words = _PATTERNS["train"]["leads"]
"""Patterns that speak of a thing which the next clause puts somewhere: "find the red block and put it ..."."""


def patterns(meaning: Action | Intent, *, kept: bool = False) -> Words:
    """The patterns of an action, or of an intent that is no task; those ``kept`` for the test or those to train on."""
    found: Mapping[str, Words] = _PATTERNS["test" if kept else "train"]
    return found.get(meaning.value, ())


def gaps(action: Action) -> Words:
    """Patterns without a verb, which take that of the clause before: "put this here and *that there*"."""
    found: Mapping[str, Words] = _PATTERNS["train"]["gaps"]
    return found.get(action.value, ())


def expand(text: str) -> str:
    """``text`` with its macros replaced by what they stand for."""
    return re.sub(r"<([^<>]*)>", lambda found: _PATTERNS["macros"][found[1]], text)


def gerund(verb: str) -> str:
    """The -ing form of a verb in `words.json`."""
    return _IRREGULAR.get(verb) or (verb[:-1] if verb.endswith("e") else verb) + "ing"
