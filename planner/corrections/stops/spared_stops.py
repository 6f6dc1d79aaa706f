"""Stop words that are no order to stop: negated, conditional, asked, reported, or part of a name.

Only closed patterns count. A stop word outside of them stops the arm, whatever stands around it.
"""

from __future__ import annotations

import re

from sayso.planner.corrections.patterns import STOP, any_of
from sayso.planner.corrections.stops.reported_stops import spare_reported

SPARED = "☐"
"""Takes the place of a stop word that is no order."""


_STOP = f"(?:{STOP}|pause)"
_ARM = any_of(r"you; it; the arm; the robot; him; her; u; ya")
_SOMEBODY = any_of(
    r"""i; we; he; she; they; nobody; no one; noone; anyone; anybody; somebody; someone; none of us;
    (?:my|your|the|our|his|her) \w+"""
)
_NOBODY = any_of("nobody; no one; noone; none of us; nobodys; no ones; noones")
_ADVERB = any_of(
    """actually; really; certainly; definitely; surely; honestly; ever; even; just; simply; please; also; suddenly; yet;
    now; here; either"""
)
_ADVERBS = f"(?:{_ADVERB} )*"
_DID_NOT = any_of(
    """did not; didnt; dont; do not; does not; doesnt; never; have not; havent; has not; hasnt; had not; hadnt; was
    not;
    wasnt; would not; wouldnt; am not; aint; cannot; cant"""
)
_SPOKEN = any_of(
    """say; said; says; saying; shout; shouted; yell; yelled; scream; screamed; cry; cried; call; called; mention;
    mentioned; utter; uttered"""
)
_ASKED_FOR = any_of(
    """tell; told; telling; ask; asked; asking; order; ordered; want; wanted; need; needed; mean; meant; expect;
    expected; instruct; instructed; advise; advised; command; commanded; like"""
)
_SAID = (
    rf"(?:{_SPOKEN}(?: the word| (?:that )?you (?:should|must)| anything like|(?: for)? {_ARM} to| to {_ARM}| to)?"
    rf"|{_ASKED_FOR}(?: for)? {_ARM} to|mean(?:t)? to say"
    rf"|(?:think|thought|believe|feel|suggest|suggested) (?:that )?{_ARM} "
    rf"{any_of('should; must; need to; have to; ought to; had to')})"
)
_AFTER = any_of(
    """for; on; in; at; now; yet; here; there; just; because; when; while; every; each; until; till; only; before;
    again;
    anything; like; this; so; to; it; please; today; halfway; midway; early; too; that; all; the; working; moving;
    going; my; me; us; or anything; and go on"""
)
_END = rf"(?=\s*(?:$|[,.;:!?…—–\"”'-]| {_AFTER}\b))"
"""What follows a spared stop word: a mark, or what belongs to it ("stop for me"), no new clause."""
_NEEDLESS = rf"(?:{_ARM} )?" + any_of(
    rf"""mustnt; must not; neednt; need not; shouldnt; should not; shant; shall not; oughtnt to; ought not to;
    are not to; arent to; youre not to; (?:are not|arent|youre not|not) (?:supposed|allowed|meant) to;
    (?:dont|do not|never) (?:let|make) (?:{_ARM}|them|the \w+); (?:dont|do not|never)(?= suddenly); better not;
    (?:do not|dont|doesnt|does not) (?:need|have|want) to; didnt need to; never need to;
    have no (?:need|reason) to; (?:dont|do not) you (?:dare|ever)"""
)
_NO_NEED = (
    rf"(?:no {any_of('need; reason; call; cause; point; sense; use; necessity; occasion; excuse; grounds')}(?: in)?"
    rf"(?: for {_ARM})?(?: to)?"
    rf"|(?:isnt|is not|not) (?:any |a )?{any_of('need; reason; call; cause; necessary; required')}(?: for {_ARM})? to)"
)
_SIGNAL = (
    any_of("say; yell; shout; call; clap; whistle; nod; wave; raise; give; press; ring; snap; count; tap; knock") + "s?"
)
_EVENT = any_of(
    r"""(?:start|begin)s?; should (?:start|begin); ever; wobbles?; slips?; tips; tilts; shakes; slides; drops; rolls;
    leans; happens; touch(?:es)?; reach(?:es)?; beeps; squeaks; scrapes; falls?; rings; knocks; calls; arrives;
    leaves; opens;
    (?:go|goes|turns?|light|flash) (?:red|green|off|out|up|dark|wrong); comes (?:in|on|off|loose);
    gets (?:stuck|hot|warm|loose|full); looks wrong"""
)
_ARRIVED = any_of("are; re; get; reach; arrive; see; feel; touch; finish; have (?:put|placed|finished|picked); come")
_CONDITION = (
    rf"{any_of('if; when; whenever; once; as soon as; the (?:moment|minute|second); in case; should')} (?:"
    rf"{_SOMEBODY} (?:ever )?{_SIGNAL}(?! (?:so|it|to|this|that|stop|halt|freeze|wait|you)\b) \w[^.!?;:,]{{0,99}}"
    rf"|(?:it|the \w+(?: \w+)?|a \w+|anything|something|any \w+|one of \w+) {_EVENT}(?:\b[^.!?;:,]{{0,99}})?"
    rf"|you {_ARRIVED}(?! (?:me|listening|able|ready|hurting|hearing)\b) ?[^.!?;:,]{{0,99}})"
)
_QUESTION = any_of(
    rf"""(?:who|whoever) (?:just |on earth |the hell |the heck )?(?:told|asked|ordered|wants|wanted|taught)
    (?:{_ARM}|anyone) to;
    (?<!me )(?:who|whoever) (?:just |on earth |the hell |the heck )?(?:said(?: anything about)?|yelled|shouted);
    (?:did|had|has|have) (?:i|anyone|anybody|somebody|someone|he|she|they|we) (?:just |really |ever
    )?(?:say|said|shout|yell);
    (?:did|had|has|have) (?:i|anyone|anybody|somebody|someone|he|she|they|we) (?:just )?(?:tell|told|ask|asked)
    {_ARM} to;
    (?:why|when|where|how often) (?:did|does|should|would|must) {_ARM}(?: ever| always| just| suddenly| even| have
    to)*;
    what (?:made|makes) {_ARM}; (?:should|shall) (?:i|we|he|she) (?:say|tell {_ARM} to|ask {_ARM} to)"""
)
_NAMED = r"(?:the|a|my|our|this|that|next|last|first|at|your) (?:\w+ )?" + any_of(
    "bus; tram; pit; truck; rest; coffee; metro; train; taxi; full"
)
_BEFORE = "|".join(
    (
        rf"{_SOMEBODY} {_ADVERBS}{_DID_NOT} {_ADVERBS}(?:told )?{_SAID} {_ADVERBS}",
        rf"{_NOBODY} (?:here |has |had |ever |just |really )*{_SAID} {_ADVERBS}",
        rf"(?<!why )(?<!why on earth ){_NEEDLESS} {_ADVERBS}(?:think (?:of|about) )?(?:come to a )?",
        rf"{_NO_NEED} {_ADVERBS}(?:come to a )?",
        r"(?:ill|i will|i shall) (?:tell you|let you know|say|shout) (?:when|where|if|once) "
        r"(?:to|you (?:should|must)) ",
        rf"{_CONDITION},? (?:then |and then )?(?:you |please |must |should |can |shall |have to |just |at once )*",
    )
)
_WHILE = (
    r"(?:do not|dont|never|must not|mustnt|should not|shouldnt), "
    rf"{any_of('while; as long as; so long as; whatever; under any; in any; no matter; for as long as; until')}\b"
    r"[^.!?;:,]{0,99}, (?:ever )?"
)
_IF = r"(?:if|when|once|after|as soon as|on my)\b"
_PATTERN = re.compile(
    rf"(?<!\w)(?:(?:{_BEFORE}|{_WHILE})(?={_STOP}{_END})|only (?:ever )?(?={_STOP} {_IF})|{_NAMED} (?={_STOP}(?!\w)))"
    rf"{_STOP}|(?<!\w){_QUESTION} {_ADVERBS}{_STOP}(?=(?! or\b)[^.!?;:,]{{0,99}}(?:[?.]|, (?:was|did|not|i )|$))"
    rf"|(?<!\w){_STOP}(?= only {_IF})"
)
_LATER = re.compile(
    r"\bnot (?:just )?(?:now|yet|before|until|till|this minute|right now|any earlier|earlier)\b"
    r"|\b(?:otherwise|until then|till then|up to then|if not|until i do|else) (?:just |please |you )?"
    rf"{any_of('go; carry; keep; crack; continue; proceed; do not stop; dont stop; disregard; ignore; nothing')}\b"
)
_LATER_AFTER = re.compile(
    rf"(?<!\w)(?:if|when|whenever|once|only|as soon as|unless|should|in case|(?:i|we|she|he) {_SIGNAL})\b"
    rf"[^.!?;]{{0,199}}{_STOP}|(?<!\w){_STOP} (?:only )?(?:if|when|whenever|once|in case)\b"
)
_OPENS = re.compile(rf"^\W*(?:\w+\W+)?{_STOP}(?!\w)(?! (?:only|if|when|once|as soon)\b)")
_ENDS_IN_STOP = re.compile(rf"{_STOP}$")
_A_STOP = re.compile(rf"(?<!\w){_STOP}(?!\w)")
_GOES_ON = re.compile(
    r"^(?:\W|no\b|oh\b|well\b|hey\b|robot\b|please\b|and\b|but\b|so\b|really\b|honestly\b)*"
    rf"(?:{_SOMEBODY} {_ADVERBS}{_DID_NOT} {_ADVERBS}(?:told )?{_SAID}|{_NEEDLESS}"
    rf"|{_NOBODY} (?:here |has |ever |just )*{_SAID}"
    rf"|(?:there is |theres |there was )?{_NO_NEED}) {_ADVERBS}{SPARED}"
)


def spare(plain: str) -> str:
    """``plain`` (normalised text) with `SPARED` for each stop word that clearly is no order to stop now."""
    if _LATER.search(plain) and _LATER_AFTER.search(plain) and not _OPENS.match(plain):
        return _A_STOP.sub(SPARED, plain)
    return spare_reported(_PATTERN.sub(lambda found: _ENDS_IN_STOP.sub(SPARED, found[0]), plain), SPARED)


def tells_to_go_on(spared: str) -> bool:
    """Whether a text after `spare` says that the arm need not stop ("you needn't stop", "I didn't say stop")."""
    return _GOES_ON.match(spared) is not None
