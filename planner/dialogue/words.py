"""Answers by their words alone: the number of an option, its words, yes, no, never mind, once more."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from sayso.planner.corrections.spelling import in_plain_words
from sayso.planner.corrections.text import says_go_on, tokens
from sayso.planner.corrections.words import words
from sayso.planner.language.exclusions import without_exclusions
from sayso.planner.language.grounding import FIRST, MEANT
from sayso.planner.plan import Question

_NUMBERS = {"one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6}
_NUMBERS |= {"first": 1, "second": 2, "third": 3, "fourth": 4, "fifth": 5, "sixth": 6, "former": 1}
_NUMBERED = re.compile(r"(?:(?:option|number|no\.?|the)\s+)*(\d+|[a-z]+)(?:st|nd|rd|th)?(?:\s+(?:one|option))?", re.I)
_BARE = re.compile(rf"(?:(?:option|number)\s+)?(?:\d+|{'|'.join(list(_NUMBERS)[:6])})", re.I)
_POLITE = re.compile(
    r"^(?:(?:well|oh|um|uh|er|ok|okay|sorry|actually)\b[\s,]*)+(?=\w)"
    r"|[\s,]+(?:please|thanks|thank you|dear|love|mate|then|(?:(?:that|which) )?you (?:said|mentioned|named))$",
    re.I,
)
_MARKS = " .!,;)("
_YES = words("yes y yeah yep aye sure ok okay right of course please do it")
_SURELY = words("yes yeah yep yup aye sure ok okay absolutely definitely certainly")
_BESIDE_YES = words("go on ahead that then thanks thank you indeed absolutely definitely certainly och oh so yup")
_ALL_OF_THEM = r"(?: of (?:them|those|these|the (?:two|three|\w+s)|both|it|that))"
_NEVER_MIND = re.compile(
    rf"(?:no|nope|nah|n|never ?mind|forget (?:it|that|about it)|nothing|(?:neither|none|no one)(?: one)?{_ALL_OF_THEM}?"
    r"|cancel(?: (?:it|that))?|(?:leave|let) it(?: be| alone)?|not any ?more|drop it|don['’]?t bother"
    r"|(?:i(?: have|['’]ve)? )?changed my mind)",
    re.IGNORECASE,
)
_SAME = r"(?:(?:it|that|they)(?:['’]s|['’]re| is| are)? )?(?:all )?the same"
_ANY = re.compile(
    rf"(?:i )?do(?:n['’]?t| not) mind(?: which(?: one)?| either)?|(?:i(?: have|['’]ve)? )?no preference|up to you"
    rf"|(?:(?:for|to) me[\s,]+)?{_SAME}(?: (?:to|for) me)?"
    r"|both(?: of them)?(?: (?:are|is|would be))? (?:fine|ok|okay|good|all right|alright)(?: (?:by|with|for) me)?",
    re.I,
)
"""Idioms that leave the choice to the robot, of which the reader knows too few."""
_EITHER = re.compile(r"(?:any|either|whichever)(?: ?one)?(?: of (?:them|those|these|the two))?", re.I)
_EASY = re.compile(
    r"no (?:wahala|worries|problem|stress|fuss|bother|drama|matter)|(?:it )?does(?:n['’]?t| not) matter"
    r"|(?:it|that)(?:['’]s| is) (?:all )?(?:fine|good|ok|okay)",
    re.I,
)
"""What people say beside an idiom or an "either", which the reader then takes for a thing."""
_ASKS_BACK = re.compile(
    r"(?:what|huh|eh|sorry|pardon(?: me)?|come again|say (?:that )?again|which(?: ones?)?"
    r"|(?:what|which (?:one|ones)) do you mean(?: by that)?"
    r"|(?:what|which)(?:['’]s| is| are) (?:the|my|your) (?:options?|choices?|alternatives?)"
    r"|(?:what|which) (?:options|choices|alternatives) (?:are there|do i have|have i(?: got)?|do you have)"
    r"|what can i (?:choose|pick|say)(?: from)?|between (?:what|which))",
    re.I,
)
"""Questions about the question."""
_PLACES = re.compile(r"(?:in|on|to|next|beside|behind|aside|move)\b")
_AGAIN = re.compile(r"(?:please )?(?:try|ask|once|again|do it|try it|retry|try once more)(?: again| more)?", re.I)
_YES_OR_NO = words("yes no") | {"go on", "never mind"}
_NO_WORDS = frozenset({"the", "a", "an", "that", "this", "one", "please", "it", "my", "in", "on", "to", "into"})


@dataclass(frozen=True, slots=True)
class Made:
    """The answer makes ``instruction``; the robot tells ``beside`` with it."""

    instruction: str
    beside: str = ""


@dataclass(frozen=True, slots=True)
class Agreed:
    """Go on, or once more."""


@dataclass(frozen=True, slots=True)
class Declined:
    """The person wants none of what was asked about."""


@dataclass(frozen=True, slots=True)
class Unsure:
    """No answer that is certain enough: the question waits on, after the robot has said ``why``. "": a remark."""

    why: str = ""


Answered = Made | Agreed | Declined | Unsure


def in_words(answer: str, question: Question) -> str:
    """The option of ``question`` whose number ``answer`` is; every other ``answer`` as it is."""
    return _numbered(question.options, bare(answer)) or answer


def is_number(text: str) -> bool:
    """Whether ``text`` is a bare number of an option ("2", "option two"), which is no order by itself."""
    return _BARE.fullmatch(text.strip(_MARKS)) is not None


def says_never_mind(answer: str) -> bool:
    """Whether a person wants none of what was asked about, and says nothing else."""
    said = _clauses(answer)
    return bool(said) and all(_NEVER_MIND.fullmatch(clause) for clause in said)


def leaves_choice(answer: str) -> bool:
    """Whether ``answer`` leaves the choice to the robot in words that name nothing."""
    said = _clauses(answer)
    beside = [clause for clause in said if not _EASY.fullmatch(clause)]
    leaving = (_ANY,) if len(beside) == len(said) else (_ANY, _EITHER)
    return bool(beside) and all(any(idiom.fullmatch(clause) for idiom in leaving) for clause in beside)


def asks_back(answer: str) -> bool:
    """Whether ``answer`` only asks what the question means, or what there is to choose from."""
    said = [clause for clause in re.split(r"[,.;!?]+\s*", in_plain_words(answer.strip())) if clause]
    return bool(said) and "?" in answer and all(_ASKS_BACK.fullmatch(bare(clause) or clause) for clause in said)


def says_again(answer: str) -> bool:
    """Whether a person wants the instruction to be planned once more."""
    again = _AGAIN.fullmatch(answer.strip(" .!,;")) is not None or says_go_on(tokens(answer))
    return again and not says_never_mind(answer)


def by_words(answer: str, question: Question, instruction: str) -> Answered | None:
    """What ``answer`` makes of ``instruction``, as far as its words alone tell; None if they do not."""
    said = bare(in_plain_words(bare(answer)))
    option = chosen(question.options, said) or (affirmed(question) if _says_yes(said) else None)
    if option is not None:
        return by_option(option, question, instruction)
    if says_never_mind(answer):
        return Declined()
    if leaves_choice(answer):
        return by_choice(question, instruction)
    if asks_back(answer) and question.options:
        return Unsure(f"You can say: {', or '.join(question.options)}, or never mind.")
    return Agreed() if says_again(answer) else None


def by_choice(question: Question, instruction: str) -> Answered | None:
    """What the first option of ``question`` makes of ``instruction``, which the robot tells; None if the choice is not
    the robot's."""
    if is_yes_or_no(question) or not question.options:
        return None
    return told(by_option(question.options[0], question, instruction), question.options[0])


def told(answered: Answered | None, option: str) -> Answered | None:
    """``answered``, with the ``option`` that the robot has chosen."""
    beside = f"I choose “{option}”" if _PLACES.match(option) else f"I take the {option}"
    return replace(answered, beside=beside) if isinstance(answered, Made) else answered


def by_option(option: str, question: Question, instruction: str) -> Answered | None:
    """What the ``option`` of ``question`` makes of ``instruction``."""
    made = question.answers[question.options.index(option)] if question.answers else ""
    if made:
        return Made(made)
    if option == "go on":
        return Agreed()
    if says_never_mind(option):
        return Declined()
    if question.answers:
        return Made(option)  # what the robot was about to do
    if option == "yes":
        without = without_exclusions(instruction)[0]
        return Made(without) if without else None
    return Made(f"{instruction.strip().rstrip(' .!?')}: {option}")  # another planner can make sense of it


def is_yes_or_no(question: Question) -> bool:
    """Whether the options of ``question`` are yes or no, so that none of them can be left to the robot."""
    return not _YES_OR_NO.isdisjoint(question.options)


def affirmed(question: Question) -> str | None:
    """The option that "yes" means."""
    for yes in ("yes", "go on"):
        if yes in question.options:
            return yes
    offered = question.text.endswith(FIRST) or (question.text.endswith(MEANT) and len(question.options) == 1)
    return question.options[0] if question.options and offered else None


def chosen(options: Sequence[str], said: str) -> str | None:
    """The option that ``said`` names by its number, its words or some of them that no other has."""
    numbered = _numbered(options, said)
    if numbered is not None:
        return numbered
    content = _content(said)
    for fits in ([o for o in options if _content(o) == content], [o for o in options if content <= _content(o)]):
        if content and len(fits) == 1:
            return fits[0]
    return None


def _numbered(options: Sequence[str], said: str) -> str | None:
    """The option whose number ``said`` is."""
    found = _NUMBERED.fullmatch(said)
    if found is None:
        return None
    n = int(found[1]) if found[1].isdigit() else _NUMBERS.get(found[1].lower(), 0)
    last = said.lower() in ("the last one", "the last", "last one")
    n = len(options) if last or (found[1].lower() == "latter" and len(options) == 2) else n
    return options[n - 1] if 1 <= n <= len(options) else None


def bare(answer: str) -> str:
    """``answer`` without the marks and courtesies around it."""
    said = " ".join(answer.split()).strip(_MARKS)
    while (shorter := _POLITE.sub("", said).strip(_MARKS)) != said:
        said = shorter
    return said


def _clauses(answer: str) -> list[str]:
    """The clauses of ``answer`` in plain words, without courtesies."""
    clauses = (bare(clause) for clause in re.split(r"[,.;!]+", in_plain_words(bare(answer))))
    return [clause for clause in clauses if clause]


def _content(text: str) -> frozenset[str]:
    return frozenset(w for w in re.findall(r"[\w'-]+", text.lower()) if w not in _NO_WORDS)


def _says_yes(said: str) -> bool:
    said_words = set(re.findall(r"\w+", said.lower()))
    surely = bool(said_words & _SURELY) and said_words <= _YES | _BESIDE_YES
    return bool(said_words) and (said_words <= _YES or surely)
