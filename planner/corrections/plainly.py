"""What is read without a model: stops, "go on", speeds, and motions whose every word is known ("up a bit").

A reader of meanings is less exact there: "twice as slow" is close to "twice as fast".
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from sayso.planner.corrections.correction import NOT_UNDERSTOOD, REMARKED, Correction
from sayso.planner.corrections.grammar import DURATION_S, Spoken, Unreadable, motion_of, read_motion, seen_from
from sayso.planner.corrections.measures import in_ways
from sayso.planner.corrections.speed import read_long_wait, read_percent, read_speed
from sayso.planner.corrections.stops.spared_stops import SPARED, spare, tells_to_go_on
from sayso.planner.corrections.text import MAX_CHARS, forbidding, is_stop, normalise, says_go_on, says_stop, tokens
from sayso.planner.corrections.words import READ_NEGATIONS, phrases
from sayso.planner.language.modality import Doubt, Modality, doubts
from sayso.skills.motion import HOLD, Degree, LanguageMotion, Step

_ANSWERED_NO = re.compile(r"\?\s*(?:no|nope|nah|never|not)\b", re.IGNORECASE)
_SAYINGS = phrases("far out; way to go; down to earth; ups and downs; back to back; so far so good; by far; low key")
"""Sayings whose every word is one of motions."""
_COURTESY = re.compile(
    r"(?:(?:thanks|thank you|cheers|great|good|perfect|nice|lovely|super|excellent|wonderful|awesome|cool|all right"
    r"|alright|well done|good job|nice job|nice one)"
    r"(?: (?:very much|so much|a lot|robot))?\s*(?:[,.;:!]+\s*|(?= now\b)\s*)"
    r"(?:(?:and|now|then)\b[\s,]*)*)+(?=\w)",
    re.IGNORECASE,
)
"""What people say before they ask for more: "thanks! now higher"."""
FORBIDDEN = "a stop, for I cannot keep from going that way by myself; say go on, and I go on as planned"
KEEPS = "I hold still for a moment, and keep hold of what I carry until it is where it goes"
_KEEP_HOLD = re.compile(
    r"(?:(?:please|and|but|just|no|oh|hey|robot|now) )*"
    r"(?:dont|do not|not|never|mustnt|must not|cannot|be careful not to)"
    r"(?: (?:you|ever|please|dare|to|just))*"
    r" (?:drop|lose|release|let go|let loose|let (?:it |that |this |the \w+ (?:\w+ )?)?(?:go|fall|drop|slip))"
    r"(?: (?:of|it|that|this|the|them|thing|fall|yet|now|please|\w+ block|block|cup))*"
)
_GOES_ON_THEN = re.compile(r"[\s,;.]*\b(?:and then|and|then)\s+(?:continue|go on|carry on|proceed)[\s.]*$", re.I)
"""What an arm does after a spoken motion in any case."""
_COUNTED_OFF = re.compile(r"\W*\w+ down\W+(?:and )?\w+ to go\W*", re.I)
"""How people count what is done: "two down, one to go"."""
_APPROVED = re.compile(
    r"(?<=\w)[\s,.;!]+(?:(?:so|and|there|now|yes)[\s,]+)*(?:good|perfect|great|lovely|nice|fine|cheers|thanks|thank you"
    r"|that(?:['’]s| is) (?:it|good|fine|perfect)|there (?:we|you) go)[\s.!]*$",
    re.I,
)
"""What people say behind a motion when the arm is where they want it."""
_MY_SIDE = re.compile(
    r"\b(?P<way>left|right)\b\W+no\b\W+(?:(?:i mean|not yours|to)\W+)*my (?P=way)(?: side)?"
    r"(?:\W+(?:(?:yes|yeah|the|it is|its)\W+)*same as yours)?",
    re.I,
)
"""A way said again as the speaker's own: "left. No, my left"."""
_OTHER_SIDE = re.compile(r"\b(?P<way>left|right)\b\W+no\b\W+(?:the |your |my )?other (?P=way)\b", re.I)
_BY_WAY_OF = re.compile(
    r"\bback (?:off|away)(?: (?:from |of )?(?:it|that|there))?[\s,]+(?=straight (?:up|down|left|right|back)\b)", re.I
)
_ASIDES = (
    (_GOES_ON_THEN, ""),
    (_APPROVED, ""),
    (_MY_SIDE, r"\g<way>"),
    (_OTHER_SIDE, r"other \g<way>"),
    (_BY_WAY_OF, ""),
)
"""What is said beside a motion, and what it leaves."""
_PERHAPS = re.compile(r"\W*(?:perhaps|maybe|possibly)\b[\s,]*(.+?)\?*|(.+?)[\s,]+(?:perhaps|maybe|possibly)\?*", re.I)
"""A request that is put as a question: "perhaps a touch lower?"."""
_AMOUNT = re.compile(
    r"\d|\b(?:half ?way|part(?:ly|ially|way)|half|a (?:third|quarter)|slightly|a little|a (?:tiny )?(?:bit|touch))\b",
    re.I,
)
WHOLLY = "I open and close the gripper wholly, by no amount; say open the gripper, or close it"
_SENTENCE = 300
"""More characters than this are no polite request for a motion."""
_WITH_US = frozenset({"me", "us"})
NO_CHANGE = "no motion that this could change; say a direction, for example: a bit to the left"


def read_plainly(text: str, current: LanguageMotion | None = None, yaw: float = 0.0) -> Correction | None:
    """What ``text`` says, if words alone tell; None for everything else, and for a cry that may be none.

    ``current`` is the motion under way ("more", "the other way" refer to it), ``yaw`` rad the heading in which the
    speaker looks, about base z. A text longer than `MAX_CHARS` is only looked at for a stop.
    """
    kept = text[:MAX_CHARS].encode("utf-8", "replace").decode()
    if is_stop(text, sure=True):
        return Correction(kept, "stop", "stop")
    if len(text) > MAX_CHARS:
        return Correction(kept, "unknown", f"{len(text)} characters are too many; at most {MAX_CHARS} are read")
    words, spared = forbidding(tokens(text)), spare(normalise(text))
    if not words:
        return Correction(kept, "unknown", NOT_UNDERSTOOD)
    if says_stop(forbidding(tokens(spared)), sure=True):
        return Correction(kept, "stop", "stop")
    if says_go_on(words) or (SPARED in spared and tells_to_go_on(spared)):
        return Correction(kept, "resume", "go on")
    if SPARED in spared or is_stop(text) or _ANSWERED_NO.search(kept):
        return None
    if " ".join(words) in _SAYINGS or _COUNTED_OFF.fullmatch(kept):
        return Correction(kept, "remark", REMARKED)
    if (thanks := _COURTESY.match(kept.lstrip())) is not None:
        asked = kept.lstrip()[thanks.end() :]
        if says_go_on(tokens(asked)):  # "good, keep it up!"
            return Correction(kept, "resume", "go on")
        return _asked_for(kept, asked, current, yaw)
    return _asked_for(kept, kept, current, yaw)


def of_amount(text: str) -> bool:
    """Whether ``text`` names an amount: "by 10 mm", "halfway"."""
    return _AMOUNT.search(text) is not None


def _asked_for(kept: str, text: str, current: LanguageMotion | None, yaw: float) -> Correction | None:
    """The pace or motion of ``text``, which is ``kept`` without its courtesies."""
    text = in_ways(text, yaw)
    is_short = len(text) <= _SENTENCE  # these two patterns look back from every mark
    if is_short:
        asides = (
            (_GOES_ON_THEN, ""),
            (_APPROVED, ""),
            (_MY_SIDE, r"\g<way>"),
            (_OTHER_SIDE, r"other \g<way>"),
            (_BY_WAY_OF, ""),
        )
        for aside, instead in asides:
            text = aside.sub(instead, text)
    if is_short and (perhaps := _PERHAPS.fullmatch(text)) is not None:
        text = f"{perhaps[1] or ''}{perhaps[2] or ''}"
    words = forbidding(tokens(text))
    if "!" not in kept and _KEEP_HOLD.fullmatch(" ".join(w for w in tokens(text) if w != ",")):
        return Correction(kept, "motion", str(HOLD), HOLD, duration_s=DURATION_S[Degree.FAR], beside=KEEPS)
    pace = read_percent(text) or read_long_wait(text) or read_speed(words)
    if pace is not None:
        return Correction(kept, "motion", pace.words, pace=pace)
    if "?" in text or any(map(_is_open, doubts(text, at_once=True))):
        return None
    return _moved(kept, words, current, yaw)


def _is_open(doubt: Doubt) -> bool:
    """Whether the grammar of motions does not read the doubt's cue itself."""
    return doubt.modality is not Modality.NEGATED or doubt.cue not in READ_NEGATIONS | {"no"}


def _moved(text: str, words: list[str], current: LanguageMotion | None, yaw: float) -> Correction | None:
    try:
        spoken = read_motion(words)
        legs = () if spoken is None else (spoken, *spoken.then)
        if not legs or any(leg.place is not None or leg.gripper for leg in legs) or _WITH_US.intersection(words):
            return None  # a thing is found by its description, and what is let go of is put down
        if any(leg.forbids for leg in legs):
            return Correction(text, "stop", FORBIDDEN)
        made = []
        for leg in legs:
            motion = _changed(leg, current) if leg.again or leg.reverse else motion_of(leg, None, yaw)
            made.append((motion, leg.duration_s))
            current = motion
    except Unreadable as error:
        return Correction(text, "ask", str(error))
    (motion, seconds), *then = made
    bound = seen_from([step for leg in legs for step in leg.bound], yaw)
    return Correction(text, "motion", in_turn(made), motion, duration_s=seconds, then=tuple(then), bound=bound)


def in_turn(legs: Sequence[tuple[LanguageMotion, float]]) -> str:
    """Motions one after the other, in words."""
    return ", then ".join(str(motion) for motion, _ in legs)


def _changed(spoken: Spoken, now: LanguageMotion | None) -> LanguageMotion:
    """The motion under way, once more or the other way. Raises `Unreadable` without one."""
    if now is None or not (now.steps or now.toward):
        raise Unreadable(NO_CHANGE)
    if spoken.reverse:
        return turned_round(now)
    return replace(now, steps=tuple(Step(s.axis, s.sign, spoken.degree or s.degree) for s in now.steps))


def turned_round(now: LanguageMotion) -> LanguageMotion:
    """The opposite of a motion."""
    steps = tuple(Step(s.axis, -s.sign, s.degree) for s in now.steps)
    return replace(now, steps=steps, away=now.toward is not None and not now.away)
