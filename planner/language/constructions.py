"""Constructions of spoken English that the reader takes for something else, in plainer ones of the same meaning.

Each is made of words of closed classes (prepositions, sides, quantities, denials). Nouns, colors and verbs stay as they
were said.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from sayso.planner.task.nouns import singular
from sayso.planner.task.things import ANY, COLOR_NAMES, KIND_OF

_THE = r"(?:the|that|this|my|your)"
_NOUN = "|".join(sorted((n for n, kind in KIND_OF.items() if kind != ANY), key=len, reverse=True))
_NP = rf"{_THE} (?:[\w-]+ ){{0,3}}?(?:{_NOUN}|one)"
_COLOR = "|".join(sorted({word for words in COLOR_NAMES.values() for word in words.split()}, key=len, reverse=True))
_PUT = r"put|place|set|stand|lay|leave|move|shift|slide|push|pop|stick|park|keep|drop|store"
_HAND_SIDE = r"(?:[- ]hand)?(?: side| end)?"
_FAR = r"(?:back|rear|far (?:side|end|edge)|front|near (?:side|end|edge))"
_IN_FRONT = re.compile(r"front|near", re.I)

_CHAT = re.compile(
    r"[\s,]*(?<![\w'’\"“])(?:lol|lmao|rofl|haha+|hehe+|xd|tbh|ngl|btw)(?![\w'’\"”])[\s,]*(?P<end>[.!?]*\s*$)?", re.I
)
"""What people who type put in, and mean nothing by."""
_ON_ITS_SIDE = re.compile(
    rf"(?:\b(?:right|just|close|up|directly) )*\b(?:beside|next to|by|alongside|close to|near)(?: to)? (?P<thing>{_NP})"
    r"(?:,? (?:but |and )?| ?, ?)(?:over )?(?:on|to|at) (?:"
    r"its (?P<its>left|right)(?:[- ]hand)?(?: side)?|the (?P<of>left|right)(?:[- ]hand)?(?: side)? of it)\b",
    re.I,
)
_AT_THE_BACK_ON_THE_LEFT = re.compile(
    rf"(?P<before>\b(?:{_PUT}) (?P<thing>it|them|{_NP}s?)(?: (?:over|right|down|away))*) "
    rf"(?:(?:at|in|on|to|towards?) the (?P<depth>{_FAR}),? (?:and |but )?(?:over )?(?:on|at|in|to|towards?) "
    rf"the (?P<side>left|right){_HAND_SIDE}"
    rf"|(?:on|at|in|to|towards?) the (?P<side2>left|right){_HAND_SIDE},? (?:and |but )?(?:at|in|on|to|towards?) the "
    rf"(?P<depth2>{_FAR}))(?=\s*(?:please\W*)?(?:$|[.;!,]|\b(?:and|then)\b))",
    re.I,
)
_ONE_ON_THE_OTHER = re.compile(
    r"[,;]?\s+(?:with )?one (?:(?:right )?on(?: the)? t[oa]p o(?:f|['’])?|up on|on|onto|atop) (?:the other|another)"
    r"(?: one)?\b",
    re.I,
)
_STACKS = re.compile(r"\b(?:stack|pile)\b", re.I)
_PUTS_SEVERAL = re.compile(r"\b(?:put|place|set|stand|get) (?=(?:the|those|these|both|my|all)\b[^,.;]*$)", re.I)
_FILLED = (
    rf"(?:there(?:['’]?s| is| are)|you see) (?:already |still )*(?:something|anything|stuff) (?:already )?"
    rf"(?:in|inside(?: of)?|on) (?P<in>{_NP}|it)|(?P<has>{_NP}|it)(?: already)? (?:has|contains|holds)(?: already)?"
    r"(?: got)? (?:something|anything|stuff)(?: else)?(?: already)?(?: in| inside| on)?(?: of)?(?: it)?"
)
_IF_FILLED = re.compile(rf"\b(?P<word>unless|if) (?:{_FILLED})(?: already)?\b", re.I)
_IF_LAST = re.compile(
    r"^(?P<order>[^.;]*?),?\s+(?P<condition>if (?P<thing>(?:the|that|this) (?:[\w-]+ ){0,3}?[\w-]+) is (?:not )?empty)"
    r"(?P<end>\W*)$",
    re.I,
)
_APART = re.compile(
    r"(?P<there>\b(?:close to|near(?: to)?|next to|beside|by) [^.;!?,]+?)[,;]?\s+(?:but |and )?(?:so (?:that )?)?"
    r"(?:without (?:it |them )?touching|(?:they|it) (?:do|does|must|should|may|can|shall)(?: not|n['’]?t) touch|"
    r"not touching)(?: it| each other| one another)?(?=\W*$)",
    re.I,
)
_DIFFERENT = (
    rf"(?P<in>in|into|inside|on|onto) (?:"
    rf"(?:different|separate) (?P<many>{_NOUN}|corner|side)s(?: each)?"
    rf"|(?:one|an?(?: different| separate)?) (?P<one>{_NOUN}|corner|side) each"
    rf"|(?:its|their) own (?P<own>{_NOUN}|corner|side)s?|an? (?P<of>{_NOUN}|corner|side) of (?:its|their) own"
    rf"|{_THE} (?P<the>{_NOUN}|corner|side)e?s,?(?: but)? (?:(?:all|both|them|two) )*not (?:(?:all|both|them|two) )*"
    rf"(?:in|into|on) the same (?:[\w-]+))"
)
_EACH_IN_A_DIFFERENT = re.compile(
    rf"\b(?:(?P<each>(?:each|every)(?: of (?:the|those|these|my))?)|(?:(?:all|both)(?: of)? )?(?:the|those|these|my)"
    rf"|all|both)(?: (?:two|three|four|\d))? (?P<what>(?:[\w-]+ )?(?:{_NOUN}))(?P<s>s?) {_DIFFERENT}\b"
    r"(?: of the table)?",
    re.I,
)
_NOT_THE_ONE = re.compile(
    rf"(?P<before>.*\b(?:an?|any|one(?: of (?:the|those|these|my))?) (?:(?:[\w-]+ )?(?:{_NOUN})s?))(?P<between>\b.*?)"
    r"(?:[.,;!]\s*(?:but |just |and )?|\s+but )not the (?:"
    r"one (?:that(?:['’]s| is) )?(?:(?:on|at|in|to) the )?(?P<at>left|right|back|rear|front|near|far|furthest|farthest"
    r"|nearest|closest)\b(?:[- ]hand)?(?: side| end)?(?: to (?:me|us|you)| away| back)?"
    r"|(?P<rank>left|right|back|rear|front|near|far|furthest|farthest|nearest|closest)(?:[- ]hand|most|er)? one)"
    r"(?:,? (?:but )?the other(?: one)?)?(?P<end>[\s.!]*)$",
    re.I | re.S,
)
_RANKS = {
    "left": "leftmost", "right": "rightmost", "back": "farthest", "rear": "farthest", "far": "farthest",
    "furthest": "farthest", "farthest": "farthest", "front": "nearest", "near": "nearest", "nearest": "nearest",
    "closest": "nearest",
}  # fmt: skip
_FOLLOWS = re.compile(
    rf"(?P<place>\b(?:in|into|on|onto|inside) {_NP})(?P<link>(?:[,;.]\s*|\s+)(?:and )?(?:then )?)"
    rf"(?P<thing>{_NP}) (?:(?:can|may|should|shall|will|must|to) )?(?:follow(?:s)?(?: (?:it|on|after))*|(?:go(?:es)? )?"
    r"(?:in |on )?after (?:it|that))\b",
    re.I,
)
_BY_COLOR = re.compile(
    rf"^\W*(?:please )?sort (?:all )?(?:of )?(?:the|my|these|those)? ?(?P<noun>[\w]+?)s? (?:by|according to) colou?r"
    rf"[.:;,–—-]+\s*(?:so )?(?P<list>(?:(?:the )?(?:{_COLOR})(?: ones?)?(?: ones| {_NOUN}s?)? "
    rf"(?:(?:goes?|gets?|should go|belongs?) )?(?:in|into|to|inside) [\w -]+(?:,? and |[,;.]\s*|$))+)[\s.!]*$",
    re.I,
)
_OF_COLOR = re.compile(
    rf"(?:the )?(?P<color>{_COLOR})(?: ones?| \w+?s)? (?:(?:goes?|gets?|should go|belongs?) )?(?:in|into|to|inside) "
    rf"(?P<into>[\w -]+?)(?=,? and |[,;.]|\s*$)",
    re.I,
)

_ALIKE = re.compile(
    rf"^\W*(?:(?:please|just|put|drop|pop|place|stick) )*(?:the )?(?P<color>{_COLOR})(?: one)? "
    r"(?P<where>in|into|on|onto) (?:the )?(?P=color)(?: one)?(?P<end>(?:\W+please)?\W*)$",
    re.I,
)
"""A thing and its place of one color, neither of them named."""

_TOGETHER = re.compile(
    r"\b(?:get|put|have|make|place|set|stand|bring|move) "
    rf"(?P<what>(?:\w+ ){{1,3}}?(?:{_NOUN})s|{_THE} [^.,;]*? and [^.,;]*?)"
    r"(?: (?:to )?(?:stand|sit)(?:ting|ing)?)? (?:right |close |up )?(?:next t(?:o|ae)|beside) "
    r"(?:each other|one another)\b",
    re.I,
)
_LET_IN = re.compile(
    rf"\b(?:take|carry|bring|move|hold|pick up|lift) (?P<thing>{_NP}) (?:over )?(?:to|above|over) (?P<bowl>{_NP})"
    r"[,.;]? (?:and )?(?P<wait>(?:wait|hold (?:it|on)|pause)\b[^,.;]*)[,.;]? (?:and )?(?:only )?then (?:let (?:it )?go"
    r"(?: of it)?|let it (?:go|fall|drop)|drop it|release it|put it) (?:in|into|inside)(?: it| there)?(?=\W*$)",
    re.I,
)
_LEAVES_UNMATCHED = re.compile(
    r"[,;.]?\s*(?:and |but )?(?:just )?(?:leave|skip|ignore) (?:alone )?(?:any|those|the ones|the rest|whatever"
    r"|whichever|ones)(?: (?:that|which|of them|block|one)s?)* (?:(?:have|has|do|does|had)(?: not|n['’]?t)"
    r"(?: (?:got|have))?|without|lacks?|(?:have|has) no)"
    r"(?: (?:a|any|one|match|matching|bowl|of|its|their|own))+(?: alone)?(?=\W*$)",
    re.I,
)
_BOTTOM = re.compile(
    rf"\b(?P<verb>(?:build|make|stack|pile)\b[^.;]*?)(?P<number>two|three|four|five|six|\d) (?P<noun>{_NOUN})s?\b"
    r"(?P<any>[^.;]*?)[,;]?\s+(?:(?:as|so) \w+ as|with|provided(?: that)?"
    rf"|(?:just )?mak(?:e|ing) sure(?: that)?|but keep|and)? ?the (?P<color>{_COLOR}) \w+"
    r"(?:['’]?s| is| goes| being)? "
    r"(?:(?:at|on|in) (?:the )?(?:very )?)(?:bottom|base)\b",
    re.I,
)

_BEFORE_TOUCHING = re.compile(
    r"^\W*before (?:you|ye|we) (?:touch|do anything (?:else )?(?:with|to)|handle) (?:the|that|this|my) "
    rf"(?P<thing>(?:[\w-]+ )?(?:{_NOUN}|one)),?\s+(?P<rest>.+\bthen\b.+)",
    re.I | re.S,
)

_TOWER = re.compile(
    r"^(?P<before>\W*(?:.*[.;!?,]\s+)?(?:(?:please|now|then|and|so|ok|okay|can you|could you|robot)\b\W*)*)"
    r"(?:build|make|erect|construct)(?: (?:me|us))? (?:a|one)(?: (?:nice|big|little|small|tall|high))* "
    r"(?:tower|stack|pile)(?P<end>(?:\W+(?:please|now|then|for me|here))*\W*)$",
    re.I | re.S,
)
"""A tower of nothing named is one of all there is."""


def plainer(text: str) -> str:
    """``text`` with each of these constructions in plainer words."""
    for change in _CHANGES:
        text = change(text)
    return text


def _without_chat(text: str) -> str:
    return _CHAT.sub(lambda found: found["end"] or " ", text).strip() or text


def _beside_on_a_side(text: str) -> str:
    return _ON_ITS_SIDE.sub(lambda found: f"to the {found['its'] or found['of']} of {found['thing']}", text)


def _in_a_corner(text: str) -> str:
    def corner(found: re.Match[str]) -> str:
        depth, side = found["depth"] or found["depth2"], found["side"] or found["side2"]
        return f"{found['before']} in the {'near' if _IN_FRONT.search(depth) else 'far'} {side} corner"

    return _AT_THE_BACK_ON_THE_LEFT.sub(corner, text)


def _stacked(text: str) -> str:
    plain = _ONE_ON_THE_OTHER.sub("", text)
    if plain == text or _STACKS.search(plain):
        return plain
    stacked = _PUTS_SEVERAL.sub("stack ", plain, count=1)
    return text if stacked == plain else stacked


def _if_empty(text: str) -> str:
    """A condition about what is in a bowl says whether it is empty, and comes first."""

    def empty(found: re.Match[str]) -> str:
        return f"if {found['in'] or found['has']} is {'' if found['word'].casefold() == 'unless' else 'not '}empty"

    plain = _IF_FILLED.sub(empty, text)
    last = _IF_LAST.match(plain) if plain != text else None
    if last is None:
        return plain
    return f"{_named_in_full(last['condition'], last['thing'], last['order'])}, {last['order']}{last['end']}"


def _named_in_full(condition: str, thing: str, order: str) -> str:
    """``condition`` with the words that ``order`` has for its ``thing``: "the yellow bowl" for "that bowl"."""
    noun = thing.split()[-1]
    full = re.search(rf"\bthe (?:[\w-]+ )?{re.escape(noun)}\b", order, re.I)
    return condition.replace(thing, full[0]) if full is not None and len(thing.split()) == 2 else condition


def _apart(text: str) -> str:
    return _APART.sub(lambda f: re.sub(r"^(?:close to|near(?: to)?)", "beside", f["there"], flags=re.I), text)


def _each_in_a_different(text: str) -> str:
    def each(found: re.Match[str]) -> str:
        if not found["each"] and not found["s"]:
            return found[0]  # one block has nothing that is different
        noun = singular(next(found[g] for g in ("many", "one", "own", "of", "the") if found[g]))
        another = "another" if noun in ("corner", "side") else "a different"
        return f"each {found['what']} {found['in']} {another} {noun}"

    return _EACH_IN_A_DIFFERENT.sub(each, text)


def _except_one(text: str) -> str:
    found = _NOT_THE_ONE.match(text)
    if found is None:
        return text
    rank = _RANKS[(found["at"] or found["rank"]).casefold()]
    return f"{found['before']} except the {rank} one{found['between']}{found['end']}"


def _following(text: str) -> str:
    return _FOLLOWS.sub(r"\g<place>\g<link>\g<thing> \g<place>", text)


def _sorted_by_color(text: str) -> str:
    found = _BY_COLOR.match(text)
    if found is None:
        return text
    noun = found["noun"]
    puts = [
        f"all the {one['color'].casefold()} {noun}s in {one['into'].strip()}"
        for one in _OF_COLOR.finditer(found["list"])
    ]
    return f"put {', '.join(puts)}"


def _together(text: str) -> str:
    return _TOGETHER.sub(r"put \g<what> together", text)


def _let_in(text: str) -> str:
    return _LET_IN.sub(r"pick up \g<thing>, go over to \g<bowl>, \g<wait>, then put it in \g<bowl>", text)


def _if_there_is_one(text: str) -> str:
    return _LEAVES_UNMATCHED.sub(" if there is one", text)


def _on_the_bottom(text: str) -> str:
    """The lowest thing of a tower is what the others are put on."""

    def stacked(found: re.Match[str]) -> str:
        count = _COUNTS.get(found["number"].casefold()) or int(found["number"])
        noun = f"{found['noun']}s" if count > 2 else found["noun"]
        return f"stack {count - 1} {noun} on the {found['color']} {found['noun']}" if count > 1 else found[0]

    return _BOTTOM.sub(stacked, text)


def _tower(text: str) -> str:
    return _TOWER.sub(r"\g<before>stack everything\g<end>", text)


_COUNTS = {"two": 2, "three": 3, "four": 4, "five": 5, "six": 6}


def _in_order(text: str) -> str:
    """The order of two steps is in their "then", where the later one names what is not to be touched before."""
    found = _BEFORE_TOUCHING.match(text)
    words = found["thing"].split() if found is not None else []
    if found is None or re.search(rf"\bthen\b.*\b{re.escape(words[0])}\b", found["rest"], re.I | re.S) is None:
        return text
    return found["rest"]


def _of_one_color(text: str) -> str:
    return _ALIKE.sub(r"\g<color> one \g<where> the \g<color> one\g<end>", text)


_CHANGES: tuple[Callable[[str], str], ...] = (
    _without_chat, _beside_on_a_side, _in_a_corner, _stacked, _if_empty, _apart, _each_in_a_different, _except_one,
    _following, _sorted_by_color, _of_one_color,
    _together, _let_in, _if_there_is_one, _on_the_bottom, _in_order, _tower,
)  # fmt: skip
