"""Questions about the run: "are you done?", "what did you do?", "why did you stop?", by their words alone."""

from __future__ import annotations

import re
from enum import StrEnum

from sayso.planner.corrections.patterns import any_of
from sayso.planner.corrections.spelling import in_plain_words
from sayso.planner.corrections.text import cries_out, is_stop


class AboutRun(StrEnum):
    """What a person wants to know of what is done, was done or comes."""

    DONE = "whether it is done"
    DID = "what was done"
    STOPPED = "why it stands still"
    DOING = "what is done now"
    NEXT = "what comes next"


_LEAD = (
    rf"(?:{any_of('please; and; so; hey; hi; hello; ok; okay; well; robot; arm; sayso; tell me; sorry; oh; now; but')}"
    r"\b[\s,:;.]*)*"
)
_AFTER = any_of("please; now; yet; already; then; again; robot; so far; just now; there; at all; or not; if i may ask")
_TAIL = rf"(?:[\s,]*\b{_AFTER})*"
_ALL = rf"(?:{any_of('all; nearly; almost; already; just; really; quite; even; still; soon; actually; properly')} )*"
_IT = any_of("it; that; this; them; everything; all of (?:it|them); (?:the|that|this|my|your) (?:task|job|work|order)")
_YOU = any_of("you; it; the arm; the robot; we")
_READY = any_of("done; finished; ready; through; completed?; over")
_NOT = "(?:are|is|do|does|wo|did|have|has)n['’]?t"
_STANDS = any_of(
    """stop(?:ped|ping)?; halt(?:ed)?; wait(?:ing|ed)?; paus(?:e|ed|ing); stand(?:ing)?(?: still| there)?; still;
    hold(?:ing)?(?: still)?; stuck; not (?:moving|working|going on|doing anything)"""
)
_MOVES = any_of("mov(?:e|ing); go(?:ing)? on; continue; do(?:ing)? (?:it|anything|something); working; finish; start")
_WORDS: dict[AboutRun, tuple[str, ...]] = {
    AboutRun.DONE: (
        rf"(?:are|were|is|was|{_NOT}) (?:{_YOU}|{_IT}) (?:not )?{_ALL}(?:{_READY}|there)(?: (?:with )?{_IT})?",
        rf"(?:have|has|had|{_NOT}) {_YOU} (?:not )?{_ALL}(?:{_READY}|managed|succeeded|made)(?: (?:with )?{_IT})?",
        rf"did {_YOU} {_ALL}(?:finish|complete|do|manage|succeed|make|get)(?: {_IT})?(?: done)?",
        rf"did {_IT} {_ALL}(?:work|succeed|go well|work out|go through)",
        r"how (?:far|far along) (?:are|have) you(?: got| come)?(?: with it)?",
        r"how(?: is|['’]s) it going",
        r"how (?:long|much longer|much more time)(?: (?:will|does|do) (?:it|this|you)(?: still)?(?: take| need)?)?",
        r"(?:how much|what)(?: is|['’]s)(?: still)? left(?: to do)?",
        r"how (?:much|many) (?:more|further|farther|longer)\b[^.,;!]*",
        r"how (?:long|much) (?:more )?time (?:do |will |does )?(?:you|it|this) (?:still )?(?:need|take|have)[^.,;!]*",
        r"(?:what|why)(?: is|['’]s)? (?:it |this |that |you )?tak(?:es|ing|e) (?:you )?(?:so|that|this) long",
        rf"when (?:will|are) {_YOU} (?:be )?{_ALL}{_READY}(?: (?:with )?{_IT})?",
        rf"will {_YOU} be (?:long|{_READY})(?: soon)?",
    ),
    AboutRun.DID: (
        r"what (?:did|have|had) you (?:just )?(?:do|done|been doing)(?: (?:last|before|first|(?:until|up to) now))?",
        r"what(?:['’]s| has| have)? (?:just )?happened",
        r"what was (?:just )?done",
    ),
    AboutRun.STOPPED: (
        rf"(?:why|how come)(?: (?:did|have|had|has|are|is|were|was|do|does))? {_YOU} {_ALL}(?:suddenly )?{_STANDS}",
        rf"why (?:{_NOT}|are|is) {_YOU} (?:not )?{_MOVES}",
        rf"what stopped {_YOU}",
        rf"what (?:are|is) {_YOU} waiting for",
        r"what(?: is|['’]s) (?:wrong|the (?:matter|problem|hold ?up))",
        rf"are {_YOU} (?:stuck|waiting(?: for (?:me|something|anything))?|stopped)",
        rf"(?:have|has) {_YOU} stopped",
    ),
    AboutRun.DOING: (
        rf"what (?:are|is|were|was) {_YOU} (?:even |still |just )?(?:doing|up to|busy with|working on)",
        rf"what (?:is|was) it(?: that)? {_YOU} (?:are|is|were|was) (?:just )?(?:doing|up to)",
        rf"are {_YOU} (?:still )?(?:working|moving|busy|at it|doing (?:something|anything|it))(?: on it)?",
    ),
    AboutRun.NEXT: (
        r"what(?:['’]s| is| comes| happens)(?: coming)? next",
        rf"what (?:will|are) {_YOU} (?:(?:about|going) to )?do next",
        rf"what (?:will {_YOU}|are {_YOU} (?:about|going) to) do",
    ),
}
_PATTERNS = {about: re.compile(rf"{_LEAD}(?:{'|'.join(words)}){_TAIL}[\s?.]*", re.I) for about, words in _WORDS.items()}
_BARE = re.compile(rf"{_LEAD}{_ALL}(?:done|finished|ready){_TAIL}\s*\?+", re.I)


def about_run(text: str) -> AboutRun | None:
    """What ``text`` asks about the run; None for all else, for a stop and a cry, and for what is called out."""
    plain = in_plain_words(" ".join(text.split()))
    if "!" in plain or is_stop(plain) or cries_out(plain):
        return None
    if _BARE.fullmatch(plain):
        return AboutRun.DONE
    return next((about for about, pattern in _PATTERNS.items() if pattern.fullmatch(plain)), None)
