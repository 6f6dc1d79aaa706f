"""Sentences that are only about speed: "slower", "hurry up", "twice as fast", "not so fast", "normal speed".

A speed said alone changes how fast everything is done from then on. A speed said with a direction
("up, slowly") is part of that motion and is read by `correction_grammar`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from sayso.planner.corrections import words as W
from sayso.planner.corrections.text import squeeze

SLOWEST, SLOW, FAST = 0.25, 0.5, 1.5
"""Fractions of the usual speed. Errands are done as well at a quarter, a half and one and a half, at twice not."""
_LITTLE, _STEP, _MUCH = 1.25, 1.5, 2.0


@dataclass(frozen=True, slots=True)
class Pace:
    """A fraction of the usual speed, or with ``relative`` of the speed so far; ``words`` says it."""

    factor: float
    relative: bool
    words: str

    def after(self, pace: float) -> float:
        """The fraction of the usual speed in force when ``pace`` was in force before."""
        return min(max(self.factor * (pace if self.relative else 1.0), SLOWEST), FAST)


_NAMED = {
    "slow": Pace(SLOW, False, "slowly"),
    "fast": Pace(FAST, False, "quickly"),
    "slowest": Pace(SLOWEST, False, "as slowly as possible"),
    "fastest": Pace(FAST, False, "as quickly as possible"),
    "normal": Pace(1.0, False, "at the usual speed"),
    "half": Pace(0.5, True, "half as fast"),
    "double": Pace(2.0, True, "twice as fast"),
    "same": Pace(1.0, True, "at the same speed"),
}
SPEED_ALONE = {word: word for word in ("slowest", "fastest", "half", "double", "same")}
SPEED_ALONE |= W.standing_for(
    slow="slow slowly gently gentle careful carefully softly easy cautiously cautious steady",
    slower="slower gentler",
    fast="fast quick quickly rapidly swiftly hurry",
    faster="faster quicker",
    normal="normal normally usual usually regular ordinary default",
)
"""Words of a sentence that is about nothing but speed."""
SPEED_PHRASES = {
    **dict.fromkeys(("slow down", "slow it down", "ease off", "decelerate", "tone it down"), "slower"),
    **dict.fromkeys(
        ("speed up", "speed it up", "quicken", "accelerate", "pick up the pace", "pick up speed"), "faster"
    ),
    **dict.fromkeys(("get a move on", "step on it", "chop chop", "come on", "hurry up", "hurry it up"), "fast"),
    **dict.fromkeys(("take it easy", "go easy", "easy does it", "take care", "be careful", "take more care"), "slow"),
    **dict.fromkeys(("with care", "with more care", "more care", "with caution", "with more caution"), "slow"),
    **dict.fromkeys(("take it slow", "take it slowly", "nice and slow", "take your time", "no rush"), "slow"),
    **dict.fromkeys(
        ("no hurry", "not hurry", "not rush", "there is not rush", "theres not rush", "there is not hurry"), "slow"
    ),
    **dict.fromkeys(
        ("theres not hurry", "there is no rush", "theres no rush", "there is no hurry", "theres no hurry"), "slow"
    ),
    **dict.fromkeys(("dont rush", "do not rush", "dont hurry", "do not hurry", "not so hasty", "calm down"), "slow"),
    **dict.fromkeys(("without hurry", "not need to hurry", "not need to rush", "slowly does it"), "slow"),
    **dict.fromkeys(("twice as fast", "two times faster", "twice as quick", "twice as quickly"), "double"),
    **dict.fromkeys(("double the speed", "double speed", "double your speed", "twice the speed"), "double"),
    **dict.fromkeys(("half as fast", "half the speed", "half speed", "twice as slow", "twice as slowly"), "half"),
    **{
        f"{verb} {whose}{noun} {by} half": "half"
        for verb in ("reduce", "cut", "lower", "drop", "decrease")
        for whose in ("the ", "your ", "")
        for noun in ("speed", "pace", "tempo")
        for by in ("by", "in", "to")
    },
    **dict.fromkeys(("slow down by half", "slow down to half", "slower by half"), "half"),
    **dict.fromkeys(("halve the speed", "halve your speed", "half as quick", "half as quickly"), "half"),
    **dict.fromkeys(("full speed", "top speed", "maximum speed", "max speed", "full throttle"), "fastest"),
    **dict.fromkeys(("as fast as you can", "as fast as possible", "as quickly as you can"), "fastest"),
    **dict.fromkeys(("as quickly as possible", "as quick as you can", "as quick as possible"), "fastest"),
    **dict.fromkeys(("as slow as you can", "as slow as possible", "as slowly as you can"), "slowest"),
    **dict.fromkeys(("as slowly as possible", "minimum speed", "lowest speed"), "slowest"),
    **dict.fromkeys(("usual speed", "normal speed", "regular speed", "back to normal", "normal again"), "normal"),
    **dict.fromkeys(("same speed", "this speed", "that speed"), "same"),
    **dict.fromkeys(("do not", "dont", "no", "never"), "not"),
    **dict.fromkeys(("that", "as"), "so"),
}
"""Phrases to the words of `SPEED_ALONE`; the longest that fits counts."""
_HASTY = "hasty hurried rushed brisk speedy swift wild frantic hectic rash sudden jerky abrupt quickly speedily hastily"
SPEED_PHRASES |= {
    f"{so}{hasty}": f"{'too' if so == 'too ' else 'so'} fast"
    for hasty in _HASTY.split()
    for so in ("so ", "too ", "that ", "quite so ")
}
"""Haste counts as speed where there is too much of it: "not so hasty"."""
SPEED_PHRASES |= {f"{verb} {it}in": "slow" for verb in ("creep", "inch", "ease") for it in ("", "it ")}
_NOUNS = W.words("speed pace tempo velocity acceleration")
_TOO_HIGH = re.compile(
    rf"\b(?P<of>(?:{'|'.join(_NOUNS)})(?:s| is| seems)?(?: \w+)? (?:too|so|very)) (?P<way>high|low)\b"
)
_REDUCE = re.compile(r"(?<=, )(?P<verb>reduce|decrease|increase)(?: it)?(?= ,| please|$)")
_OF_A_NOUN = {"high": "fast", "low": "slow", "reduce": "slower", "decrease": "slower", "increase": "faster"}
"""What words mean of a noun of speed: "the acceleration is too high, reduce it"."""
SPEED_FILLERS = W.words(
    """please now then just go going move moving work working do doing drive travel at a the it this be
    is are youre its thats there here robot sayso arm hey ok okay yes well um uh again and can could would you will
    with more even still bit everything all continue keep on to your back thanks from in of for me us lets let
    that little need want should must i think maybe perhaps"""
).union(_NOUNS) - {"that"}
MAX_SPEED_WORDS = 14
_MARKS = frozenset(("too", "not", "less", "enough", "so"))
_KNOWN = frozenset(SPEED_ALONE).union(SPEED_FILLERS, _MARKS, W.DEGREE, (w for p in SPEED_PHRASES for w in p.split()))


def read_percent(text: str) -> Pace | None:
    """The speed of a sentence that gives it in percent: "half speed" in numbers; None for every other sentence."""
    found = _PERCENT.search(text)
    if found is None:
        return None
    number = float(found[2])
    rest = W.parts_of(re.findall(r"[a-z]+|,", (text[: found.start()] + " " + text[found.end() :]).lower()))
    if not all(w in SPEED_FILLERS or w in _BESIDE_PERCENT for part in rest for w in part):
        return None
    said = {w for part in rest for w in part}
    relative = bool(found[1] and said & (_LESS | _MORE)) or bool(said & {"slower", "faster"})
    if not relative and not said & {
        "speed",
        "pace",
        "slow",
        "fast",
        "velocity",
        "throttle",
    }:
        return None
    if relative:  # "by 20 percent"
        way = -1 if said & _LESS else 1
        return Pace(max(1 + way * number / 100, SLOWEST), True, f"{number:g} % {'slower' if way < 0 else 'faster'}")
    factor = min(max(number / 100, SLOWEST), FAST)
    bound = "" if factor == number / 100 else ", which is as far as I go"
    return Pace(factor, False, f"at {100 * factor:g} % of the usual speed{bound}")


_PERCENT = re.compile(r"\b(by )?(\d+(?:\.\d+)?) ?(?:%|percent\b|per cent\b)", re.I)
_LESS, _MORE = W.words("reduce lower decrease slow slower less drop cut"), W.words("increase raise more faster up")
_BESIDE_PERCENT = (
    _LESS | _MORE | W.words("speed velocity throttle set limit run down normal usual full max maximum s fast")
)


_TOO_LONG = re.compile(
    r"\bat (?:this|that|the (?:present|current)) (?:rate|speed|pace|tempo)\b[^.;!?]*"
    r"\b(?:until|till|til|by|before|next|tomorrow|for ?ever|never|all (?:day|night|week)|old)\b[^.;!?]*[.!]*",
    re.I,
)
_HARM = re.compile(r"\b(?:fall|tip|spill|break|hit|crash|drop|slip|smash|knock|bump|lose)\w*\b|\bnot\b|n['’]t\b", re.I)


def read_long_wait(text: str) -> Pace | None:
    """The speed that somebody wants who says how long it will take: "at this rate we sit here until Easter"."""
    return _step(1, _STEP) if _TOO_LONG.fullmatch(text.strip()) and not _HARM.search(text) else None


def read_speed(words: Sequence[str]) -> Pace | None:
    """The speed that ``words`` (plain, see `correction_text.tokens`) ask for; None if they say anything else too."""
    if len(words) > MAX_SPEED_WORDS:
        return None
    if _NOUNS.intersection(words):
        of = _TOO_HIGH.sub(lambda found: f"{found['of']} {_OF_A_NOUN[found['way']]}", " ".join(words))
        words = _REDUCE.sub(lambda found: _OF_A_NOUN[found["verb"]], of).split()
    paces = [_part(part) for part in W.parts_of(words)]
    return next((p for p in reversed(paces) if p), None) if all(p is not False for p in paces) else None


def clearer(words: Sequence[str], pace: Pace) -> Pace:
    """``pace``, or what one of the clauses of ``words`` says plainly: "half the speed, the can is full"."""
    told = [p for p in map(_part, W.parts_of(words)) if p]
    return told[0] if len(told) == 1 and told[0].relative else pace


def _part(words: Sequence[str]) -> Pace | Literal[False] | None:
    """The speed that the words between two commas ask for, None for nothing at all, False for anything else."""
    said = _complained(_shortened([squeeze(w, _KNOWN) for w in words]))
    if W.STATING.intersection(said) and not W.CHANGING.intersection(said):
        return False  # "you are slow" tells how it is
    speeds = [SPEED_ALONE[w] for w in said if w in SPEED_ALONE]
    marks = _MARKS.intersection(said)
    degrees = [W.DEGREE[w] for w in said if w in W.DEGREE]
    if not all(w in SPEED_ALONE or w in SPEED_FILLERS or w in _MARKS or w in W.DEGREE for w in said):
        return False
    if len({_direction(s) for s in speeds}) > 1:
        return False
    return (_weighed(speeds[-1], marks, degrees) or False) if speeds else None


def _complained(said: list[str]) -> list[str]:
    """``said`` with "too slow" for the complaint "you're so slow"."""
    stated = next((i for i, w in enumerate(said) if w in W.STATING), len(said))
    so = next((i for i in range(stated, len(said) - 1) if said[i] == "so" and said[i + 1] in ("slow", "fast")), None)
    return said if so is None or "not" in said else [*said[:so], "too", *said[so + 1 :]]


def _shortened(words: list[str]) -> list[str]:
    out: list[str] = []
    i = 0
    while i < len(words):
        for n in range(min(5, len(words) - i), 0, -1):
            found = SPEED_PHRASES.get(" ".join(words[i : i + n]))
            if found is not None:
                out += found.split()
                break
        else:
            n = 1
            out.append(words[i])
        i += n
    return out


def _direction(speed: str) -> int:
    return {"slow": -1, "slower": -1, "slowest": -1, "half": -1, "normal": 0, "same": 0}.get(speed, 1)


def _weighed(speed: str, marks: frozenset[str], degrees: list[str]) -> Pace | None:
    """Apply "too", "not so", "not … enough" and degrees."""
    step = _LITTLE if "slightly" in degrees else _MUCH if degrees else _STEP
    way = _direction(speed)
    if "too" in marks or "less" in marks or {"not", "so"} <= marks:
        return _step(-way, _LITTLE if "slightly" in degrees else _STEP if marks == {"not", "so"} else step)
    if "enough" in marks:
        return _step(way, step) if "not" in marks else _NAMED["same"]
    if "not" in marks:  # "don't go faster" asks for no change
        return _NAMED["same"]
    if speed in ("slower", "faster"):
        return _step(way, step)
    if speed in ("slow", "fast") and "far" in degrees:
        return _NAMED[f"{speed}est"]
    return _NAMED[speed]


def _step(way: int, size: float) -> Pace | None:
    if way == 0:
        return None
    words = ("a bit " if size == _LITTLE else "much " if size == _MUCH else "") + ("faster" if way > 0 else "slower")
    return Pace(size**way, True, words)
