"""Stop words that tell of a stop at another time or to somebody else: "he always shouts stop", "the stop you heard".

Only with a plain mark of that distance: a habit, the past, another one spoken to, a sign. "She says stop" has none and
stops the arm.
"""

from __future__ import annotations

import re

from sayso.planner.corrections.patterns import STOP, any_of

_STOP = f"(?:{STOP}|pause|stopping|bas)"
_STOPS = rf"(?:\W*\b(?:and )?{_STOP}\b)+"
_REST = r"[^.?!;,]{0,30}?"
"""A few words of the same clause."""

_NOT_ME = r"(?!i\b|we\b)"
_OWNER = any_of("my; our; his; her; the; your; ma; oor; me; that; this; some; a; one; an; every; old; late; dear; poor")
_PERSON = any_of(
    """he; she; they; people; folk; everybody; everyone; somebody; someone; grandad; grandpa; granny; grandma; mum; mom;
    mummy; dad; papa; daddy; mother; father; uncle; auntie; boss; teacher; madam; sir"""
)
_TELLER = rf"{_NOT_ME}(?:{_OWNER} (?:\w+ ){{0,2}}?{_NOT_ME}\w+|{_PERSON})"
_TELLS = any_of(
    r"""sa(?:y|ys|id|ying); shout\w*; yell\w*; holler\w*; scream\w*; bawl\w*; call\w*; cr(?:y|ies|ied|ying);
    s[iau]ng\w*; bark\w*; tell\w*; told; bellow\w*; roar\w*; whisper\w*; reading; mutter\w*; goes; went; ask\w*;
    order\w*; beg\w*; speak\w*; repeat\w*"""
)
_TIME = any_of(
    "day; night; morning; week; month; year; evening; afternoon; time; yesterday; summer; lesson; film; game; match"
)
_OFTEN = any_of(r"used to; always; aye; forever; constantly; never stop\w*; keeps?; kept; usually; often; sometimes")
_AGO = any_of(
    r"""all (?:yesterday|through|along); every \w+; each (?:time|day|night|week); yesterday;
    last (?:\w+ )?(?:night|week|month|year|time|summer|shift); (?:this|yesterday) (?:morning|afternoon); ages ago;
    (?:\w+ )?(?:years|days|weeks|months|hours) (?:ago|back|long); back (?:then|home)"""
)
_IN_A_SHOW = r"(?:in|on) (?:the|a|that|my|our) (?:\w+ )?" + any_of(
    """song; film; movie; story; book; lesson; game; telly; tv; television; radio; phone; bus; train; tram; car; dream;
    show; video; podcast; class; playground"""
)
_TO_OTHERS = r"(?:at|to) (?:the|my|our|his|her|their) (?:\w+ )?" + any_of(
    """telly; tv; dog; cat; kids; kid; children; football; referee; phone; brother; sister; parrot; driver; bus; taxi;
    neighbours?; neighbors?"""
)
_WHEN = (
    r"when (?:i|he|she|we|they) (?:was|were|am|is|are|did|had)|when im|when i \w+|those were|in those days|once upon"
)
_HABIT = (
    rf"(?:{_OFTEN}|(?:the )?(?:all|whole|entire) (?:through )?(?:the )?{_TIME}|{_AGO}|{_IN_A_SHOW}|{_TO_OTHERS}|{_WHEN}"
    r"|(?:he|she|they|i|we)d|would)"
)
"""A mark that it was not now, or not to the arm."""
_OURS = r"arm\b|robot\b|machine\b|gripper\b"
_OTHERS = rf"(?:me|us|him|her|them|(?:the|my|our|his|her|that|those) (?!{_OURS}|thing\b)(?:\w+ )?\w+)"
_SIGN = any_of(
    """sign; label; poster; manual; notice; traffic light; song; film; movie; caption; sticker; button; light; radio;
    telly; tv; advert; book; paper; lyrics?"""
)
_HEARD = r"(?:(?:that |which )?(?:you|ye|we) (?:just |have |only |may have )*(?:heard|got|caught)|came|comes)"
_OF_OTHERS = (
    r"(?:was|wasnt|was not|is|isnt) (?!(?:for|meant for|aimed at|intended for|meant) (?:you|ye)\b)"
    r"(?:for|meant|from|me\b|my|his|her|the|a\b|just|only|not|at|to|aimed|intended|somebody|someone|mine|addressed"
    r"|directed)"
)
_NOT_MEANT = (
    r"(?:i|he|she|they|we) (?:(?:was|were|wis) (?!talking to you|serious)"
    r"|(?:wasnt|werent|was not) (?:talking|speaking)|(?:did not|didnt) mean you"
    r"|(?:meant|mean) (?!it\b|you\b|stop\b|that\b|this\b|every|business|now|the arm|the robot))"
)


def _words(most: int) -> str:
    """Up to ``most`` words, as few as may be, none of them "I" or "we"."""
    return rf"(?:{_NOT_ME}\w+ ){{0,{most}}}?"


_REPORTS = (
    # Each as what stands before the stop word and what after. First the habit before the word: "my wife is telling me
    # all day, 'stop'".
    (rf"\b{_TELLER} {_words(5)}{_HABIT}\b{_REST}\b{_TELLS}\b{_REST}", ""),
    (rf"\b{_HABIT} {_TELLER} {_words(3)}{_TELLS}\b{_REST}", ""),
    (rf"\b{_TELLER} {_words(4)}{_TELLS}\b(?: \w+){{0,4}} {_HABIT}\b", ""),
    (rf"\b(?:he|she|they)d (?:always |often )?{_TELLS}", r"(?= and (?:i|we|he|she|they)d?\b)"),
    # The habit after it: "she says stop all the time".
    (
        rf"\b{_TELLER} {_words(4)}{_TELLS}(?: (?:me|us|him|her|them))?(?: to| that)?",
        rf"(?=\W{{1,3}}(?:\w+ ){{0,5}}?{_HABIT}\b)",
    ),
    # A stop as a thing: "the stop you heard was me".
    (
        r"\b(?:the|that|this|his|her|my|their|thon)(?: (?!bus|tram)\w+)?(?= )",
        rf"\W?(?= (?:{_HEARD}|{_OF_OTHERS}))",
    ),
    # Said to others.
    (
        r"\b(?:i|we) (?:was|were|am|wis)(?:nt)? (?:only |just |simply |merely )*(?:telling|asking|shouting|yelling"
        rf"|calling|talking|speaking|warning|saying)(?: at| to| for| out)* {_OTHERS}(?: to| a)?",
        rf"(?! (?:you|it|this|that|the (?:{_OURS}))\b)",
    ),
    (
        rf"\b{_TELLS} {_OTHERS} (?:to |that (?:i|he|she|we|they) (?:should|must) )?",
        r"(?= (?!you\b|it\b|the\b|this\b|that\b|now\b)\w+ing\b)",
    ),
    (rf"\b{_TELLS}(?: at| to)? {_OTHERS} (?:to )?", r"(?=\W{1,3}(?:and )?not (?:you|ye)\b)"),
    (rf"\b(?:that|it) was (?:only |just )?(?!me\b){_TELLER} (?:\w+ )?{_TELLS}", ""),
    # Not to the arm, by the speaker's own word.
    (
        r"\b(?:when|if) (?:i|he|she|they|we) (?:just |only )?(?:said|shouted|yelled|called)",
        rf"(?=\W{{1,3}}{_NOT_MEANT})",
    ),
    (
        r"\b(?:wasnt|was not|werent|isnt|is not) (?:talking|speaking|shouting|aimed|addressed|directed|yelling) "
        r"(?:to|at) (?:you|ye)\b[^.?!;]{0,30}?",
        "",
    ),
    (r"\b(?:it|that|this) (?:wasnt|was not|isnt|was never) (?:me|i|us|my\w*|him|her)\b[^.?!;]{0,20}?", ""),
    (
        r"(?:^|[.,;!?] ?)(?:did not|didnt|never) (?:mean|said|say|tell|ask|want|intend)(?: for)?(?: that)?"
        r"(?: (?:you|ye))?(?: (?:should|to|must))?",
        r"(?! or\b)",
    ),
    (
        r"\b(?:if )?(?:you|ye) (?:just |only |may have |might have )*heard (?:a |the |him |her |someone |somebody )?"
        r"(?:say |shout )?",
        r"(?=[^.?!;]{0,30}\b(?:that was|thats|it was|was|from|came|every|yesterday|not for|wasnt|nothing to do)\b)",
    ),
    (rf"\b{_SIGN}\b[^.?!;]{{0,25}}?\b(?:says|reads|said|read|saying|reading|goes|went)", ""),
    (rf"\bthere (?:was|were|wis) {_words(8)}\b{_TELLS}", ""),
    (
        r"\b(?:shouting|yelling|saying|calling|screaming|said|shouted|yelled|called)",
        rf"(?=\W{{1,3}}(?:at|to) (?:the|my|our|his|her|that|those) (?!{_OURS})\w+)",
    ),
)
_PATTERN = re.compile("|".join(f"{before}(?P<s{i}>{_STOPS}){after}" for i, (before, after) in enumerate(_REPORTS)))
_WORD = re.compile(rf"\b{_STOP}\b")


def spare_reported(plain: str, mark: str) -> str:
    """``plain`` (normalised text) with ``mark`` for each stop word that tells of others or of another time."""

    def marked(found: re.Match[str]) -> str:
        start, end = next(found.span(name) for name, text in found.groupdict().items() if text is not None)
        return plain[found.start() : start] + _WORD.sub(mark, plain[start:end]) + plain[end : found.end()]

    return _PATTERN.sub(marked, plain)
