"""Puts a person's answer to a question together with the instruction that the question is about."""

from __future__ import annotations

import re
from collections.abc import Sequence

from sayso.perception.scene import Scene, SceneObject
from sayso.planner.corrections.objects import matching, read_name
from sayso.planner.corrections.spelling import in_plain_words
from sayso.planner.corrections.text import says_go_on, tokens
from sayso.planner.corrections.words import words
from sayso.planner.language.exclusions import without_exclusions
from sayso.planner.language.grounding import MEANT
from sayso.planner.plan import Question
from sayso.planner.pointed import with_point, without_point

_NUMBERS = {"one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6}
_NUMBERS |= {"first": 1, "second": 2, "third": 3, "fourth": 4, "fifth": 5, "sixth": 6, "former": 1}
_NUMBERED = re.compile(r"(?:(?:option|number|no\.?|the)\s+)*(\d+|[a-z]+)(?:st|nd|rd|th)?(?:\s+(?:one|option))?", re.I)
_NOT_BUT = re.compile(
    r"(?:no[\s,]+)?not (?:in |on |into )?(?:(?:there|here|it|(?:that|this)(?: one)?)[,;.\s]+(?!one$)|th(?:e|at|is) "
    r"[^,;.]+?(?:\s*[,;.]\s*| (?=but )))(?:but )?(.+)",
    re.I,
)
"""What a person does not want, and in its place what the person wants."""
_NOT_THIS = re.compile(r"(?:no[\s,]+)?(?:not|(?:any|anything|either) but) ([^,;.]+)", re.I)
_BARE = re.compile(rf"(?:(?:option|number)\s+)?(?:\d+|{'|'.join(list(_NUMBERS)[:6])})", re.I)
_POLITE = re.compile(r"[\s,]+please$", re.I)
_MARKS = " .!,;)("
_LEAD_IN = re.compile(
    r"(?:(?:yes|no|yeah|yep|sure|ok|okay|well|um|uh|please|i (?:mean|meant|want|said|think)|make (?:it|that)|take"
    r"|put (?:it|them|that)|place (?:it|them|that)|drop (?:it|them|that))\b[\s,:;]*)+",
    re.IGNORECASE,
)
_PLACE = re.compile(
    r"^(?:right )?(?:\d+(?:\.\d+)? ?(?:mm|cm|m|inch(?:es)?|centimet(?:er|re)s?) )?"
    r"(?:here|in|into|inside|on|onto|on top of|atop|beside|next to|near|by|behind|in front of|between|under"
    r"|to|left of|right of)\b",
    re.IGNORECASE,
)
_AT_AN_OPTION = re.compile(r"^(?:right )?(?:in(?! front)|into|inside|on|onto|on top of|atop|to)\b", re.I)
_HERE = re.compile(r"(?:put (?:it|that) )?(?:right |down |over )*(?:here|there)(?: please)?", re.I)
_YES = words("yes y yeah yep aye sure ok okay right of course please do it")
_SURELY = words("yes yeah yep yup aye sure ok okay absolutely definitely certainly")
_BESIDE_YES = words("go on ahead that then thanks thank you indeed absolutely definitely certainly och oh so yup")
_ALL_OF_THEM = r"(?: of (?:them|those|these|the (?:two|three|\w+s)|both|it|that))"
_NEVER_MIND = re.compile(
    rf"(?:no|nope|nah|n|never ?mind|forget (?:it|that|about it)|nothing|(?:neither|none|no one)(?: one)?{_ALL_OF_THEM}?"
    r"|cancel|leave it|not any ?more|drop it)",
    re.IGNORECASE,
)
_FINE = r"(?: (?:will do|is fine|is ok|is okay|works|would do|is good|do))"
_ANY = re.compile(
    rf"(?:(?:just )?(?:whichever|whatever|either|any)(?: one)?{_ALL_OF_THEM}?(?: (?:you (?:like|want|prefer))|{_FINE})?"
    r"|(?:i )?do(?:es)?(?: not|n['’]?t) (?:care|mind|matter)(?: which(?: one)?)?|no preference|surprise me"
    r"|(?:it(?:['’]s| is) )?(?:all the same(?: to me)?|your choice|up to you)|you (?:choose|pick|decide)"
    r"|(?:just |please )?(?:pick|choose|take) (?:one|any|any one|either|whichever))",
    re.IGNORECASE,
)
"""The person leaves the choice to the robot."""
_ADDRESS = re.compile(
    r"(?:[\s,]+(?:please|thanks|thank you|dear|love|mate|pal|darling|robot|then|i (?:think|guess|suppose)))+$", re.I
)
_RELATIVE = re.compile(
    r" (?:that |which )?(?:you|i|we) (?:just )?(?:mentioned|said|named|listed|told me|offered)$", re.I
)
_THAT_ONE = re.compile(
    r"^(?:it['’]?s |that['’]?s |it is )?(?:that|the|this) (?:one|thing)?(?: (?:over )?there)?[\s,]*"
    r"(?:on|to|at) (?:the|your|my) (left|right|front|back)(?: side| hand side)?$",
    re.I,
)
_HUM = (
    r"(?:it['’]?s|that['’]?s|um+|uh+|er+m?|hmm+|oh|och|well|nah yeah|yeah nah|actually|let['’]?s (?:say|take)|go for"
    r"|i['’]?d say)"
)
_HUMS = re.compile(rf"^(?:{_HUM}\b[\s,.…]*)+(?=\w)", re.I)
_AGAIN = re.compile(r"(?:please )?(?:try|ask|once|again|do it|try it|retry|try once more)(?: again| more)?", re.I)
_QUOTED = re.compile(
    r"^(?:Which (.+?) do you mean|I see no (?:other )?(.+?)(?: than [^;]+)?; I see|What do you mean by '(.+?)')"
)
_MEANT = re.compile(r"^'.+': what do you mean\?$")
_IT = re.compile(r"\b(?:it|that|this|them)\b", re.IGNORECASE)
_WHERE = re.compile(r"(?:Where|In what|On what|Beside what) shall I put (?:the )?(.+?)(?: first)?\?")
_ASIDE = re.compile(r"Shall I put it aside first\?$")
_HOLDING = re.compile(r"^I am holding (the .+?)\. Where shall I put it first\?$")
_BEFORE_AN_OPTION = {"In what": "in", "On what": "on", "Beside what": "beside"}


def answered(instruction: str, question: Question, answer: str, scene: Scene) -> str | None:
    """The instruction that ``answer`` to ``question`` about ``instruction`` makes; None if it is no answer.

    An answer is a number of an option, an option or a description of one ("the red one", "the left one"), "yes" to a
    yes-no question, or a phrase for a missing place ("in the pink bowl", "here" with the point that the person marked).
    """
    (instruction, before), (answer, point) = without_point(instruction), without_point(answer)
    if point is not None and _WHERE.search(question.text) and _HERE.fullmatch(answer.strip(" .!,;")):
        return with_point(_combined(instruction, question.text, "here") or instruction, point)
    made = _answered(instruction, question, answer, scene)
    return None if made is None else with_point(made, point or before)


def _answered(instruction: str, question: Question, answer: str, scene: Scene) -> str | None:
    said = _plain(answer)
    if (instead := _NOT_BUT.fullmatch(said)) is not None:
        said = instead[1]
    plain = _LEAD_IN.sub("", said, count=1).strip(" .!,;")
    option = _chosen(question.options, plain or said, scene) or _spared(question.options, said, scene)
    if option is None and _is_any(said) and _ANSWERS_OF_YES_NO.isdisjoint(question.options):
        option = next(iter(question.options), None)
    if option is None and _says_yes(said):
        option = _affirmed(question)
    if option is not None and question.answers:
        return question.answers[question.options.index(option)] or None
    if option == "yes":
        return without_exclusions(instruction)[0] or None
    if option == "no":
        return None
    if option is None and _WHERE.search(question.text) and _PLACE.match(plain):
        option = plain
    return None if option is None else _combined(instruction, question.text, option)


def _spared(options: Sequence[str], said: str, scene: Scene) -> str | None:
    """Of two options the one that ``said`` leaves: "not the left one"."""
    refused = _NOT_THIS.fullmatch(said)
    if refused is None or len(options) != 2 or not _ANSWERS_OF_YES_NO.isdisjoint(options):
        return None
    without = _chosen(options, refused[1], scene)
    return None if without is None else options[1 - list(options).index(without)]


def _plain(answer: str) -> str:
    """``answer`` without hums, slips of the fingers and words to the robot beside it."""
    said = in_plain_words(" ".join(answer.split())).strip(" .!,;")
    said = _RELATIVE.sub("", _ADDRESS.sub("", _HUMS.sub("", said)))
    return _THAT_ONE.sub(r"the \1 one", said)


def _is_any(said: str) -> bool:
    """Whether ``said`` leaves the choice to the robot, in one clause or several."""
    clauses = [clause for clause in re.split(r"[\s,.;]*[,.;][\s,.;]*", said) if clause]
    return bool(clauses) and all(_ANY.fullmatch(clause) for clause in clauses)


_ANSWERS_OF_YES_NO = words("yes no") | {"go on", "never mind"}


def in_words(answer: str, question: Question) -> str:
    """The option of ``question`` whose number ``answer`` is; every other ``answer`` as it is."""
    plain = _LEAD_IN.sub("", _POLITE.sub("", " ".join(answer.split()).strip(_MARKS)), count=1).strip(_MARKS)
    return _numbered(question.options, plain) or answer


def names_another(answer: str, question: Question, scene: Scene) -> bool:
    """Whether ``answer`` turns down one option and names another: "not there, in the blue one"."""
    found = _NOT_BUT.fullmatch(" ".join(answer.split()).strip(_MARKS))
    plain = "" if found is None else _LEAD_IN.sub("", found[1], count=1).strip(_MARKS)
    return bool(plain) and _chosen(question.options, plain, scene) is not None


def is_number(text: str) -> bool:
    """Whether ``text`` is a bare number of an option ("2", "option two"), which is no order by itself."""
    return _BARE.fullmatch(text.strip(_MARKS)) is not None


def says_never_mind(answer: str) -> bool:
    """Whether a person wants none of what was asked about."""
    return _NEVER_MIND.fullmatch(_plain(answer)) is not None


def left_to_me(answer: str) -> bool:
    """Whether ``answer`` leaves the choice to the robot, which takes the first option: "whichever, you choose"."""
    return _is_any(_plain(answer))


def agrees(answer: str, question: Question) -> bool:
    """Whether ``answer`` is a "yes" to the ``question`` whether to go on."""
    return question.options == ("go on",) and _says_yes(_plain(answer))


def says_again(answer: str) -> bool:
    """Whether a person wants the instruction to be planned once more."""
    again = _AGAIN.fullmatch(answer.strip(" .!,;")) is not None or says_go_on(tokens(answer))
    return again and not says_never_mind(answer)


def _combined(instruction: str, question: str, option: str) -> str | None:
    """``instruction`` with ``option`` for what the ``question`` asks about."""
    instruction = instruction.strip().rstrip(" .!?")
    if held := _HOLDING.match(question):
        return f"put {held[1]} {_placed(option)}, then {instruction}"
    if _ASIDE.search(question):
        return f"{option}, then {instruction}"
    if "Which shall I pick up?" in question:
        return f"pick up the {option}"
    if _MEANT.match(question):
        thing = f"the {option}"
        return _IT.sub(thing, instruction, count=1) if _IT.search(instruction) else f"{instruction} {thing}"
    if mention := _QUOTED.match(question):
        return _replaced(instruction, next(m for m in mention.groups() if m), option)
    if where := _WHERE.search(question):
        place = next((f"{word} the" for start, word in _BEFORE_AN_OPTION.items() if where[0].startswith(start)), "")
        phrase = option if _PLACE.match(option) or not place else f"{place} {option}"
        if re.search(r"(?:no inside|no room|stands on)", question):  # the place that was named cannot be
            return f"put the {where[1]} {phrase}"
        begun = next((w for w in (f" {place.removesuffix(' the')}", " into") if instruction.endswith(w)), "")
        return f"{instruction.removesuffix(begun)} {phrase}"
    return f"{instruction}: {option}"  # another planner's question, which it can make sense of itself


def _placed(option: str) -> str:
    return option if _PLACE.match(option) else f"in the {option}"


def _replaced(instruction: str, mention: str, option: str) -> str | None:
    """``instruction`` with ``option`` in place of the ``mention`` that fits several things or none."""
    found = re.search(rf"(?:\b(?:a|an|the|that|this|some|any|my)\s+)?\b{re.escape(mention)}\b", instruction, re.I)
    return None if found is None else f"{instruction[: found.start()]}the {option}{instruction[found.end() :]}"


def _chosen(options: Sequence[str], said: str, scene: Scene) -> str | None:
    """The option that ``said`` names by its number, its words or a description that fits no other."""
    numbered = _numbered(options, said)
    if numbered is not None:
        return numbered
    said_of = _content(said)
    same = [option for option in options if _content(option) == said_of]
    if len(same) == 1:
        return same[0]
    fits = [option for option in options if said_of and said_of <= _content(option)]
    if len(fits) == 1:
        return fits[0]
    return _described(options, said, scene)


def _numbered(options: Sequence[str], said: str) -> str | None:
    """The option whose number ``said`` is."""
    found = _NUMBERED.fullmatch(said)
    if found is None:
        return None
    n = int(found[1]) if found[1].isdigit() else _NUMBERS.get(found[1].lower(), 0)
    last = said.lower() in ("the last one", "the last", "last one")
    n = len(options) if last or (found[1].lower() == "latter" and len(options) == 2) else n
    return options[n - 1] if 1 <= n <= len(options) else None


def _described(options: Sequence[str], said: str, scene: Scene) -> str | None:
    """The option whose object in the scene is the one that ``said`` describes."""
    if _PLACE.match(said) and not _AT_AN_OPTION.match(said):
        return None  # "left of the blue bowl" is another place than "in the blue bowl"
    described = tokens(_PLACE.sub("", said, count=1).strip())
    named = read_name(described) or read_name([*described, "one"])
    if named is None or named.is_bare or named.pronoun:
        return None
    things = {option: thing for option in options if (thing := _thing(option, scene)) is not None}
    ids = {thing.id for thing in things.values()}
    found = matching(named, scene, without=[o.id for o in scene.objects if o.id not in ids])
    if named.side is None:  # of twins, "the red one" is each
        found = [o for o in things.values() if o.name in {one.name for one in found}]
    fits = [option for option, thing in things.items() if any(o.id == thing.id for o in found)]
    return fits[0] if len(fits) == 1 else None


def _thing(option: str, scene: Scene) -> SceneObject | None:
    """The object that ``option`` names, alone or as a place ("in the pink bowl")."""
    named = read_name(tokens(_PLACE.sub("", option, count=1).strip()))
    found = [] if named is None else matching(named, scene)
    return found[0] if len(found) == 1 else None


def _content(text: str) -> frozenset[str]:
    said = re.findall(r"[\w'-]+", text.lower())
    return frozenset(w for w in said if w not in {"the", "a", "an", "that", "this", "one", "please", "it", "my"})


def _says_yes(said: str) -> bool:
    said_words = set(re.findall(r"\w+", said.lower()))
    surely = bool(said_words & _SURELY) and said_words <= _YES | _BESIDE_YES
    return bool(said_words) and (said_words <= _YES or surely)


def _affirmed(question: Question) -> str | None:
    """The option that "yes" means."""
    if "yes" in question.options:
        return "yes"
    if question.options == ("go on",):
        return "go on"
    offered = _ASIDE.search(question.text) or (question.text.endswith(MEANT) and len(question.options) == 1)
    return question.options[0] if question.options and offered else None
