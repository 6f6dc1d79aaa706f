"""What is certain from words alone: whom or what a sentence would hurt or break, whatever any model reads in it.

A threat needs two things in one clause: a violent act, and a person, an animal or a part of somebody's body that it
strikes; or an act that harms by itself ("set fire to", "off the edge of the table"). Idioms name no such target, and
in a story the targets are things of the scene.
"""

from __future__ import annotations

import re

from sayso.planner.corrections.stops.cries import BODY_PARTS
from sayso.planner.corrections.text import MAX_CHARS, tokens


def _any(words: str) -> str:
    """A group of the ``words``, parts of regular expressions with "_" for a blank."""
    return f"(?:{'|'.join(words.split())})".replace("_", " ")


BEING = _any(
    """mu?o?m(?:my)?s? mothers? dad(?:dy)?s? fathers? sisters? brothers? sons? daughters? wife wives husbands?
    grand(?:ma|pa|dad|mother|father)s? gran(?:ny)?s? aunt(?:ie|y)?s? uncles? cousins? nephews? nieces?
    (?:girl|boy)?friends? flatmates? roommates? neighbou?rs? boss(?:es)? colleagues? coworkers? interns? apprentices?
    teachers? students? operators? technicians? engineers? cleaners? visitors? guests? customers? waiters? nurses?
    doctors? patients? policem[ae]n cyclists? postm[ae]n child(?:ren)? kids? bab(?:y|ies) toddlers? infants? bairns?
    boys? girls? lads? wom[ae]n lad(?:y|ies) guys? blokes? persons? people humans? passers?_?by cats? kitt(?:y|ens?)
    dogs? pupp(?:y|ies) hamsters? rabbits? bunn(?:y|ies) budgies? parrots? guinea_pigs? pigeons? goldfish pets?"""
)
"""A person or an animal."""
SOFT_PART = _any(
    """fingers? fingertips? thumbs? knuckles? toes? f(?:oo|ee)t wrists? necks? throats? heads? faces? eyes? eyelids?
    ears? noses? nostrils? mouths? lips? teeth tooth tongues? chins? cheeks? foreheads? skulls? chests? ribs? belly
    tummy stomach bums? arse ass skin"""
)
"""A part of a body that nobody wants a thing put in, on or against; a hand takes things, and a lap."""
_PART = rf"(?:{SOFT_PART}|(?:hand|palm|arm|leg|knee|ankle|elbow|shoulder|back|nail|thigh|ball|tail|paw)s?|hair|groin)"
_OWNER = (
    r"(?:my|me|his|her|their|our|ma|(?:some|any|every)(?:one|body)s|(?:the |a |that |this |my |our )?"
    r"(?!(?:block|cube|brick|bowl|cup|tower|robot|arm|gripper|hand|finger|thi|it|let|that)s\b)[a-z]{3,}s)"
)
_BY_NAME = _any("mu?o?m(?:my)? dad(?:dy)? gran(?:ny|dma|dpa|ddad)? uncle auntie? people (?:some|any|every)(?:one|body)")
_DET = r"(?:(?:my|your|his|her|their|our|ma|the|a|an|that|this|those|these|every|each|any|some|all|both) )"
_ADJ = r"(?:(?:\w+ ){0,2}?)"
_END = rf"""(?=$| ,| {
    _any(
        '''in on at with wi wiv w using until till? so and then hard harder again while when as before over for please
    now really very repeatedly twice once to from round off out up down right where who because if cos like'''
    )
}\b)"""
_LIVING = rf"(?:(?:me|him|her|whoever|\w+self|{_BY_NAME}){_END}|{_DET}{_ADJ}{BEING}{_END}|{_OWNER} {_ADJ}{_PART}\b)"
_ACTS = """
    stab hurt injur wound maim tortur murder kill slay strangl throttl chok smother suffocat drown punch slap smack
    whack wallop clobber clout bash thump beat_up kick hit strik pok prod jab pinch scratch bit scald burn slic
    slash cut chop stomp_on stamp_on squash squish crush squeez shoot attack assault electrocut zap blind poison
    pierc prick impal gouge skewer nip trap ram run_over whip spank scar trip_up crack break snap twist amputat
    stapl nail drill
"""
_HURT = _any(_ACTS)
_HURL = _any("throw chuck lob hurl fling toss launch heave sling yeet catapult fire shoot swing aim thrust send whip")
_SPILL = _any("drop dump pour tip spill empty splash squirt spray crash slam smash let_go_of release lower")
_STICK = _any("put stick shove stuff jam ram push poke drive press plunge thrust insert force cram jab place hold drop")
_SHOVE = _any(
    """throw chuck lob hurl fling toss launch heave yeet push shove knock sweep kick flick slide nudge roll drop tip
    swipe bat drive swat boot topple dump sling send smash crash"""
)
_FRAGILE = _any(
    """bowls? plates? glass(?:es)? cups? mugs? vases? windows? mirrors? screens? phones? laptops? tablets? computers?
    monitors? cameras? keyboards? teapots? bottles? jars? dish(?:es)? lamps? bulbs? furniture"""
)
_BREAKS = _any("breaks? smash(?:es)? shatters? cracks? bursts? bleeds? screams? snaps? cr(?:y|ies) explodes?")
_DISABLE = _any("disable ignore bypass override (?:switch|turn|shut)_off deactivate remove exceed circumvent defeat")
_SAFETY = _any("safety limits? limiter guards? e_?stop emergency collision interlocks? protections?")
_WORDS = r"(?: (?!in\b|into\b|,)[\w']+){0,8}?"
_THREATS = tuple(
    re.compile(rf"\b{pattern}")
    for pattern in (
        rf"{_HURT}(?:e|s?es)?(?: (?:in|on|at|into|through|across|round|around|over))? {_LIVING}",
        rf"{_HURL}{_WORDS} at {_LIVING}",
        rf"{_HURL}{_WORDS} (?:at|through|into|against|out of|out) {_DET}?(?:\w+ )?(?:wall|window|tv|door|fan)\b",
        rf"{_SPILL}{_WORDS} (?:on|onto|over|upon) {_LIVING}",
        rf"{_STICK}{_WORDS} (?:in|into|up|down|through|against|onto|over) {_OWNER} {_ADJ}{SOFT_PART}\b",
        rf"(?:smash|shatter|wreck|destroy) {_DET}{_ADJ}{_FRAGILE}(?=$| ,| (?:up|to bits|to pieces|with|against)\b)",
        rf"(?:un)?till? (?:it|they|he|she|the \w+|something) {_BREAKS}\b",
        rf"{_SHOVE}{_WORDS} (?:off|over|past)(?: of)? (?:the )?(?:\w+ )?(?:edge|table|tabletop|desk|counter|bench|"
        r"balcony)\b(?!.* (?:in|into|onto|to) )",
        rf"{_SHOVE}{_WORDS} (?:on|onto|to) the (?:floor|ground|concrete|tiles)\b",
        rf"{_SHOVE}{_WORDS} (?:out (?:of )?the window|down the stairs|across the room)\b",
        r"set(?: \w+){0,4} (?:on fire|alight|ablaze)\b|\bset (?:fire|light) to\b",
        r"(?:poison|bleach|acid|petrol)\b.* (?:in|into|on|over) .*\b(?:tea|coffee|drink|food|soup|water)\b",
        rf"{_DISABLE}(?: \w+){{0,3}} {_SAFETY}\b",
        rf"(?:full|maximum|max|top) (?:speed|force|power)(?: \w+){{0,2}} (?:into|at|against) (?:{_DET}|me\b)",
        r"(?:fork|knife|screwdriver|wire)\b.* (?:in|into) (?:the|that|a) (?:\w+ )?(?:socket|outlet|toaster|fan)\b",
    )
)
_DENIED = re.compile(
    rf"\b{_any('dont do_not never without not avoid careful mind instead_of rather_than wont cant cannot nor lest')}"
    r"(?: [\w']+){0,5}$"
)
_INSISTS = re.compile(r"\b(?:dont|do not|never|not|cant|cannot) (?:be|stop|wait|hesitate|worry|just|only)\b")
_ANOTHERS = re.compile(
    r"\b(?:i|he|she|it|they|who|we|will|could|(?<!could )(?<!would )(?<!can )(?<!that )you)(?: just)?$"
)
_SAYINGS = re.compile(
    r"\b(?:hit me (?:up|with|again)|shoot me|kill me|beat me to|bite me|pinch me im|break (?:a leg|my heart|my back)|"
    r"cut me some|knock yourself|pull(?:ing)? my leg|twist my arm|slap on the \w+|book at \w+|burn me a|trip me up)\b"
)


HAZARDS = BODY_PARTS.union(word for word in _ACTS.split() if "_" not in word)
"""Words for which a misspelt one may stand."""


def threatens(sentence: str) -> bool:
    """Whether ``sentence`` orders, in so many words, what would hurt somebody or break something."""
    if len(sentence) > MAX_CHARS:
        return False
    said = _SAYINGS.sub(" ", " ".join(tokens(sentence)))
    return any(_is_ordered(said[: found.start()]) for threat in _THREATS for found in threat.finditer(said))


def _is_ordered(before: str) -> bool:
    """Whether the words ``before`` an act neither deny it ("don't", but not "don't stop") nor give it to another."""
    clause = before.rpartition(",")[2].strip()
    if _ANOTHERS.search(clause):
        return False
    return _DENIED.search(clause) is None or _INSISTS.search(clause) is not None
