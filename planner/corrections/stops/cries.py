"""Cries of pain and warnings of harm: they stop the arm before any model, wherever they stand in a sentence."""

from __future__ import annotations

import re
from collections.abc import Sequence

from sayso.planner.corrections.words import METRES, NEGATIONS, parts_of, phrases, words

# Cries stop too, and no word before them takes that back.
_CRY = re.compile(
    r"o+w+|y+o+w+c*h*|o+u+c+h+y*|a+r+g+h+|a{2,}r*g*h*|a+h{2,}|e{2,}k+|y+i+k+e+s+|y+e+o+w+|o+o+f+|a+u+a+|a+i+e+|autsch|"
    r"ouchies?|y+e+o+u+c+h+|y+i+p+e+s+|a+c+k+|g+a+h+|mayday|omg|help+"
)
PERSONS = words(
    """my our his her their me mi someones somebodys anyones peoples persons childs babys kids girls boys moms mums
    dads grandmas sisters brothers daughters sons wifes husbands friends colleagues toddlers guys ladys womans mans
    cats dogs"""
)
BODY_PARTS = words(
    """hand hands finger fingers fingertip fingertips fingernail fingernails thumb thumbs arm arms wrist wrists
    elbow elbows shoulder shoulders forearm forearms knuckle knuckles pinky foot feet toe toes leg legs knee knees
    head face eye eyes nose mouth ear ears hair braid ponytail beard neck chest back belly skin nail nails palm
    palms sleeve sleeves cuff tie scarf shirt jacket coat apron necklace bracelet glove gloves paw paws tail son
    daughter kid child baby toddler dog cat puppy kitten parrot hamster lanyard shoelace headphones ring"""
)
_OF_NO_ROBOT = BODY_PARTS - words(
    """arm arms hand hands wrist wrists head elbow elbows shoulder shoulders nose neck back chest tail palm palms
    face eye eyes ear ears finger fingers fingertip fingertips mouth skin ring tie nail nails"""
)
"""What no robot has, so that "the" before it says whose it is not."""
WORN = words(
    """tie cuff sleeve scarf shawl cardigan jumper sweater apron coat jacket shirt blouse skirt dress gown hood
    hoodie collar hem belt braces lanyard badge necklace bracelet beads earring earphones earbuds headphones headset
    stethoscope glove cap hat wig veil headscarf turban dupatta saree sari kilt wrapper bandana bandage plait braid
    ponytail pigtail locs dreadlocks hair beard whiskers tail trouser trousers shoelace lace laces handbag teddy"""
)
"""What people wear, and what hangs from them."""
LINES = words(
    """cable cord wire wires rope string drawstring hose tube tubing drip flex leash yarn wool thread ribbon strap
    curtain tablecloth towel rag net plug"""
)
"""What an arm can wind up."""
_SHOUTED = (
    _OF_NO_ROBOT
    | WORN
    | LINES
    | words("hand tie human finger fingers hands eyes fingertips feet kitty somebody someone people person")
) - words("lace plug net")
"""What warns when it is all that stands between two marks: "oi, fingers!"."""
BEINGS = words(
    """wee human humans child children kid kids kiddo baby babies toddler toddlers infant boy girl somebody someone
    person people man woman grandma grandpa granny cat cats kitty kitten kittens dog dogs doggy puppy puppies pup
    hamster rabbit bunny parrot bird budgie guinea tortoise turtle hedgehog mouse pet pets animal mum mom dad
    daughter son visitor colleague student wasp bee spider intern cleaner technician trainee schoolkid"""
)
WARNING = words(
    """careful mind watch look oi hey whoa easy attention beware caution quick quickly christ jesus god gosh lord
    heavens goodness blimey crikey hell damn shit fuck jeez oy ey yo no wait please oops gently eh alert achtung
    vorsicht"""
)
_NEAR = words(
    """in on under underneath beneath below near between beside behind by over at inside into onto to against around
    around within across"""
)
_PLACE = words(
    """you it your arm gripper table bench desk block blocks bowl bowls way path there here claw jaws jaw workspace
    robot cable tower stack reach right base cage front cell"""
)
_ARRIVING = words(
    """chewing biting wound snagged chasing jumped jumps jumping climbed climbing climbs ran running runs crawling
    crawled crawls walked walking walks stuck caught trapped reaching reaches leaning leans tugging sitting sleeping
    standing wandered wandering stepped came coming jammed pinched playing grabbing tangled"""
)
ALARMS = words(
    """snagged scorching topple topples toppling toppled slipping leak gas hurt hurts hurting painful bleeding blood
    burning burns burned burnt scalding scalded crushing crushed squashing squashed squishing squished pinched
    pinching trapped dangerous hazard injured injury child children kid kids baby toddler cat dog puppy kitten kitty
    smoke smoking sparks sparking flames collision collide crashing beware yikes accident jammed electrocuted
    careless screaming spilled spilt spilling shattered strangling choking fainted stabbed cutting ambulance leaking
    flooding bitten stung tangled"""
)
"""Words of pain and danger that stop the arm anywhere in a sentence, unless they are negated."""
_UNHARMED = NEGATIONS | words(
    "if unless no nothing nobody noone doesnt isnt wont wasnt didnt cant cannot not hasnt havent arent"
)
SAYINGS = phrases(
    """all hands on deck; my eyes are bigger; burning daylight; on fire with; dog tired; hot potato; hold on to your
    hat; cat out of the bag; cat is out of the bag; cats out of the bag; cat got your tongue; cat has got your
    tongue; raining cats and dogs; killed the cat; copy cat; hot dog; hot dogs; dog eat dog; dog days; dogs life;
    sick as a dog; old dog; let sleeping dogs lie; kid you not; kidding; childs play; like a baby; baby steps; keep
    your hair on; keep my fingers crossed; fingers crossed; an arm and a leg; break a leg; pulling my leg; pull my
    leg; on my mind; off the top of my head; lend a hand; rule of thumb; out of my hands; my hands are tied; my
    hands are full; hands full; in my eyes; see eye to eye; apple of my eye; keep an eye on; cold feet; my foot
    down; their foot down; his foot down; on my feet; pain in the neck; breathing down my neck; by the skin of;
    shoulder to cry on; cold shoulder; on my shoulders; elbow grease; burning question; burn the midnight oil;
    burning the midnight oil; money to burn; slow burn; ears are burning; spilled milk; spilt milk; spill the beans;
    spilled the beans; spilling the beans; crash course; blood sweat and tears; bad blood; in my blood; in cold
    blood; smoke and mirrors; new kid on the block; kid on the block; like cats and dogs; gone to the dogs; off my
    chest; hair of the dog; at my fingertips; goes over my head; over my head; up my sleeve; ace up; roll up my
    sleeves; rolled up my sleeves; by heart; elephant in the room; cutting it fine; cutting corners; cutting edge;
    cry wolf; like a kid; when i was a kid; since i was a kid; other fish; no spring chicken; early bird; a little
    bird; little bird told me; two birds; a bird in the hand; bird in hand; like a bird; wild goose; hold your
    horses; people person; youre on fire today; is on fire today; my head is spinning; watch your step; watch your
    mouth; watch your tone; mans best friend; cross my fingers; crossing my fingers; lost my head; learn the hard
    way; sticks in the mud; brother in law; the boy who cried; play cat and mouse; cat nap; look what the cat
    dragged in; my hands on; gives me a hand; lost face; in my face; about face; save face; face to face; take my
    hat off; traffic jam; on the back of; got my back; my back is; watch your back; at my back; behind my back; on
    my back; mouse pad; computer mouse; mouse cable; my two left feet; two left feet; kids these days; that kid;
    jumped the gun; jumping the gun; people say; people think; somebody else; someone else; people like; on my last
    legs; head in the clouds; heart in my mouth; heart is in my mouth; hearts in my mouth; stuck in my head; fingers
    burned; fingers burnt; heart on my sleeve; let my hair down; head on my shoulders; fell on my feet; land on my
    feet; landed on my feet; on my knees; head off; up to my neck; neck and neck; head over heels; bite my head off;
    bit my head off; eating my head; on the tip of my tongue; on the edge of my seat; wrapped round my little
    finger; finger in every pie; washed my hands of; wash my hands of; turn my nose up; turned my nose up; all
    fingers and thumbs; by the scruff of; got out of hand; on my toes; my ears are burning; lump in my throat; back
    of my hand; skin of my teeth; a slap in the face; tongue in cheek; are looking up; down to the wire; money for
    old rope; learn the ropes; know the ropes; show you the ropes; pull some strings; cut the cord; throw in the
    towel; spin a yarn; spinning a yarn; a good yarn; curtains for; final curtain; tighten our belt; hot under the
    collar; tie the knot; at the drop of a hat; hat trick; keep it under your hat; at the end of my tether; bag of
    tricks; storm in a teacup; foot of our stairs"""
)
"""Sayings with bodies, animals and harm in them that warn of nothing."""
CRIES = phrases(
    """smacked me; whacked me; bumped me; poked me; clipped me; scratched me; nipped me; knocked me; stabbed me; hot
    soup; hot tea; hot coffee; hot oil; thats skin; thats flesh; thats a hand; thats a finger; youll break; you will
    break; youll crush; youll hit; youll knock; going to knock; gonna knock; about to knock; knock over my; tipped
    over; glass on the floor; little one has; little one is; look out; watch out; get off; get away from me; get
    away from him; get away from her; mind my; mind your head; mind the; watch my; watch your; mind your fingers;
    mind your hands; watch the; watch it; heads up; pinching me; pinching my; squeezing me; squeezing my; let go of
    me; let me go; let go of my; get it off; on fire; going to fall; gonna fall; going to hit; gonna hit; about to
    hit; about to fall; going to crash; gonna crash; going to break; gonna break; about to break; about to crash;
    will crash; will hit; will fall; will break; is falling; its falling; is tipping; its tipping; is breaking; its
    breaking; crash into; stay back; stand back; stay clear; keep clear of me; oh no; oh god; oh my god; my god; oh
    dear; oh shit; holy shit; holy cow; jesus christ; good god; good lord; good heavens; what the hell; what the
    heck; what the fuck; im stuck; i am stuck; stuck in my; boiling hot; boiling water; got me in the; hit me; hits
    me; hit him; hit her; cut myself; burnt myself; hurt myself; caught in; caught on; knocked over; fell over; run
    over; running over; pulling me; dragging me; dragged along; being dragged; under there my; electric shock; short
    circuit; broken glass; glass broke; glass everywhere; water everywhere; coffee everywhere; blood everywhere;
    gone all over; in my eye; all over my; all over the table; over the keyboard; in the way of your; i am trapped;
    im trapped; im caught; get it off me; off me; mind out; careful with my; careful of my; there goes the glass;
    somebody is hurt; someone is hurt"""
)
CRIES |= {
    f"{come} away from {that} {robot}"
    for come in ("come", "come here", "come back", "get", "get back", "step", "step back", "stay", "stand")
    for that in ("the", "that", "this")
    for robot in ("robot", "arm", "machine")
}
"""Phrases of pain and danger that stop the arm anywhere in a sentence."""
CRIES_ALONE = phrases(
    """fire; help; help me; shit; fuck; damn; dammit; damn it; crap; jesus; christ; god; gosh; hot; its hot; thats
    hot; duck; back; crash; mercy; murder; sharp; no please; please no; ah; oh; uh oh; ay; ay ay; au; hey hey;
    police; ambulance; people; fingers; caution; get away; back off; warning; alarm; alert; broken; falling; it slips"""
) - phrases("back; oh")
"""What stops the arm if a person says nothing else."""


def holds_a_saying(words: Sequence[str]) -> bool:
    """Whether one of `SAYINGS` stands in ``words``."""
    return _SAYING.search(f" {' '.join(words)} ") is not None


def is_cry(words: Sequence[str], *, calm: bool = False, sure: bool = False) -> bool:
    """Whether the words cry out in pain, or warn of harm to somebody: "ouch", "my fingers", "look out, a child".

    Of a whole instruction (``calm``) only pain and harm count, not "watch the …", a being, or "into my hand". With
    ``sure`` a body or a being is not enough in a sentence of more than `_SHORT` words without a word of warning.
    """
    words = _without_address(words)
    sure = sure and len(words) > _SHORT and not _ALERTING.intersection(words)
    said = f" {' '.join(words)} "
    said = re.sub(r" (never|dont|do not) mind ", " ", said)
    said = _FAILING.sub(" ", _OATH.sub(r" \1 \2", _SAYING.sub(" ", said)))
    words = said.split()
    for i, word in enumerate(words):
        if _CRY.fullmatch(word) and not (word.startswith("help") and i + 1 < len(words) and words[i + 1] != ","):
            return True
        if word in (ALARMS - BEINGS if calm or sure else ALARMS) and not _UNHARMED.intersection(
            _same_part(words, i, 3)
        ):
            return True
        if not sure and (word in PERSONS or _is_somebodys(word)) and i + 1 < len(words):
            adjective = words[i + 1] in ("left", "right", "poor", "little", "bloody", "other", "whole", "own", "bare")
            part = words[i + 2] if adjective and i + 2 < len(words) else words[i + 1]
            given = calm and words[max(0, i - 1) : i] in (["in"], ["into"], ["to"], ["onto"])
            if part in BODY_PARTS and "side" not in words[i + 1 : i + 4] and not given:
                return True
    if calm:
        return False
    if _repeats(words) or _is_within(words) or (not sure and is_caught(words)):
        return True
    said = f" {' '.join(w for w in words if w != ',')} "
    if words[:1] and words[0] in _HEED and {"my", "our"}.intersection(words[1:3]) and len(words) <= 5:
        return True
    return (not sure and _warns(words)) or any(f" {phrase} " in said for phrase in CRIES)


def _without_address(words: Sequence[str]) -> Sequence[str]:
    """``words`` without a pet name at the end or between marks ("carry on, kid"), if none of them warns."""
    if WARNING.intersection(words):
        return words
    after = [*words[1:], ","]
    return [
        w for i, w in enumerate(words) if not (w in _PET_NAMES and i > 1 and words[i - 1] == "," and after[i] == ",")
    ]


def _repeats(words: Sequence[str]) -> bool:
    """Whether a body or a being is named twice in the same few words: "hand inside, hand inside"."""
    parts = parts_of(words)
    twice = [part for part in parts if parts.count(part) > 1 and len(part) > 1]
    return any(_SOFT.intersection(part) and not _ORDERING.intersection(part) for part in twice)


def is_caught(words: Sequence[str]) -> bool:
    """Whether something soft or living is caught, is in the way, or something has got it: "it's got me cardigan"."""
    for part in parts_of(words):
        for i, word in enumerate(part):
            if not (word in _SOFT or word.removesuffix("s") in _SOFT):
                continue
            before, after = part[max(0, i - 6) : i], part[i + 1 : i + 6]
            if word == "back" and PERSONS.isdisjoint(before[-1:]):  # "put it back where you got it"
                continue
            if _UNHARMED.intersection(before) or _UNHARMED.intersection(after):
                continue
            if _IN_THE_WAY.match(" ".join(after)) and before[-1:] not in (["your"], ["its"], ["robots"]):
                return True
            after = after[:4]
            if word in _OF_THE_ROBOT:
                continue
            if _CAUGHT.intersection(after[:3]):
                return True
            if any(a in _INTO and _MACHINE.intersection(after[k + 1 : k + 3]) for k, a in enumerate(after)):
                return True
            if any(
                verb in _TAKING and _TAKERS.intersection(before[max(0, k - 2) : k]) for k, verb in enumerate(before)
            ):
                return True
            if any(a in _TAKERS and _TAKING.intersection(after[k + 1 : k + 2]) for k, a in enumerate(after)):
                return True
    return False


def _is_within(words: Sequence[str]) -> bool:
    """Whether a part of a body, and not of the robot's, is said to be within or under: "thumb is under, see"."""
    for i, word in enumerate(words[:-2]):
        owner = words[i - 1] if i else ""
        if word in BODY_PARTS - BEINGS and words[i + 1] in ("is", "are") and owner not in _OWNING:
            return bool(_WITHIN.intersection(words[i + 2 : i + 4]))
    return False


def _is_somebodys(word: str) -> bool:
    """Whether ``word`` may be a name with "'s", which plain words have lost: "toms"."""
    return len(word) > 3 and word.endswith("s") and not word.endswith(("ss", "ous")) and word not in _OF_THE_ROBOT


def _same_part(words: Sequence[str], i: int, most: int) -> Sequence[str]:
    """At most ``most`` words before the one at ``i``, back to the last mark."""
    before = words[max(0, i - most) : i]
    return before[len(before) - before[::-1].index(",") :] if "," in before else before


def _warns(words: Sequence[str]) -> bool:
    """Whether a body or a being is called out, warned of, or said to be where the arm works; never with a placement."""
    if _PLACING.intersection(words):
        return False
    known = BEINGS | _OF_NO_ROBOT
    if any(_SHOUTED.intersection(p) and _AROUND_A_SHOUT.union(_SHOUTED).issuperset(p) for p in parts_of(words)):
        return True
    for i, word in enumerate(words):
        theirs = (
            word in known
            or word.removesuffix("s") in BEINGS
            or (word in BODY_PARTS and words[max(0, i - 1) : i] in (["a"], ["an"], ["some"], ["is"]))
        )
        if not theirs or (_UNHARMED - {"dont", "no"}).intersection(_same_part(words, i, 2)):
            continue
        if WARNING.intersection(words[:i]):
            return True
        after = words[i + 1 : i + 9]
        if any(a in _ARRIVING for a in after[:4]):
            return True
        if any(a in _NEAR and _PLACE.intersection(after[k + 1 : k + 4]) for k, a in enumerate(after)):
            return True
        if any(a in _NEAR and _PLACE.intersection(words[k + 1 : k + 3]) for k, a in enumerate(words[:i])) and (
            "theres" in words or "there" in words or {"is", "are"}.intersection(words)
        ):
            return True
    return False


_SHORT = 4
_SOFT = BODY_PARTS | BEINGS | WORN | LINES
_CAUGHT = words(
    """caught stuck trapped jammed snagged snarled tangled pinched wrapped wrapping wound winding pulled pulling
    torn tearing ripped dragged fouled hooked"""
)
_INTO = words("in inside into under underneath beneath between round around")
_MACHINE = words("gripper claw jaws joint joints arm elbow wrist machine works gears base hinge shaft robot")
_TAKERS = words("it its youve you ye yeve he hes she shes thats robot arm gripper claw machine thing")
_TAKING = _CAUGHT | words(
    """got has have haud hold took take taken tek grabbed grabbing nabbed swallowed swallowing eat eats eating
    chewing catching ate wraps pulls yanking yanked reeling dragging squashing crushing sucking ripping"""
)
_OWNING = words("your its the robots grippers arms yer that this other") | NEGATIONS
_IN_THE_WAY = re.compile(r"^(?:(?:is|are|s|still|right) )*in (?:the|your|its|yer) (?:way|path)\b(?! of)")
_WITHIN = words("in inside under underneath between beneath caught stuck trapped jammed pinched")
_PET_NAMES = words("son kid kiddo baby babe pet child boy girl man bird pup kitten lamb hen duck chick")
_ORDERING = words("your its up down left right higher lower open close move lift raise turn put")
_ALERTING = WARNING - words("look easy christ jesus god gosh lord heavens goodness hell damn christ no please hey wait")
_SAYING = re.compile(
    re.sub(
        r"\b(?:my|your|his|her|their|our)\b",
        "(?:my|your|his|her|their|our|ma|me|oor|yer|ones)",
        rf" (?:{'|'.join(sorted(SAYINGS, key=len, reverse=True))})(?= )",
    )
)
_OATH = re.compile(
    r" (what|where|which|how many|how much) (?:in )?the (?:hell|heck|devil|fuck) (is|are)"
    r"(?= (?:(?:in|on|under|inside|behind|beside|between|next to) (?:the|that|this)|the) \w)"
    r"(?!.* (?:doing|going|coming|happening|moving|wrong|matter|way|arm|robot|gripper|claw|jaws|fingers?|cable)\b)"
)
"""An oath in a plain question about things: "what the hell is in the bowl?"."""
_FAILING = re.compile(
    r" my (?:eyes|eyesight|ears|hearing|hands|knees|legs|feet|back|memory) (?:is|are|isnt|arent|aint|was|were)"
    r"(?: (?:not|so|too|very|quite|as|that|getting|really|all|a bit))*"
    r" (?:what (?:they|it) (?:once )?(?:were|was|used to be)|good|great|sharp|strong|young|old|tired|weak|poor|failing"
    r"|steady|shaky|bad)(?= )"
)
"""What somebody says of their age: "my eyes aren't what they were"."""
_OF_THE_ROBOT = words(
    """this its robots grippers arms machines thats lets claws jaws always perhaps towards forwards backwards
    upwards downwards moves goes opens closes lifts lowers turns raises takes holds hands fingers wrists sayso bots
    does has was blocks bowls sides yours besides across needs gets puts looks comes wants theres"""
).union(METRES, words("degrees steps"))
_HEED = words("careful mind watch oi hey crikey beware attention caution")
_PLACING = words("put place stack pick grab lift take fetch bring build sort move stacking putting placing")
_AROUND_A_SHOUT = WARNING | words(
    "the a out for oh ah there here down under it at of there and its that little poor some oh my those these all is"
)
