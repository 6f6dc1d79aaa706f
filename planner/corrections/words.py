"""The vocabulary of spoken corrections: words and phrases, and what each stands for."""

from __future__ import annotations

import math
from collections.abc import Sequence


def words(text: str) -> frozenset[str]:
    """The words of ``text``."""
    return frozenset(text.split())


def phrases(text: str) -> frozenset[str]:
    """The phrases of ``text``, which stand between semicolons."""
    return frozenset(" ".join(p.split()) for p in text.split(";"))


def parts_of(said: Sequence[str]) -> list[list[str]]:
    """The words between the marks (","), none of them empty."""
    out: list[list[str]] = [[]]
    for word in said:
        if word == ",":
            out.append([])
        else:
            out[-1].append(word)
    return [part for part in out if part]


def standing_for(**groups: str) -> dict[str, str]:
    """From each word of each group to the group's name."""
    return {word: name for name, group in groups.items() for word in group.split()}


STOP_PHRASES = phrases(
    """wait; hold it; hold on; hold up; hang on; wait up; knock it off; leave it; pause; enough; no more; thats
    enough; that is enough; cancel; cut it out; dont move; do not move; dont; quit; quit it; no; nope; watch out;
    look out; danger; shut down; power off; power down; switch off; turn off; shut it down; shut it off; turn it off;
    switch it off; kill it; hol up; time out; freez; stp; sotp; stpo; tsop; dtop; sto;
    basta; bas; alto; arrete; arretez; stoj; стоп; 停; 停止; 止まれ; とまれ; ストッフ"""
)
GO_ON_PHRASES = phrases(
    """go on; go; go ahead; continue; resume; carry on; keep going; keep moving; keep it up; proceed; as you were;
    unpause; dont stop; do not stop; never stop; dont halt; do not halt; dont pause; do not pause; never mind;
    nevermind; dont wait; start again; go again; move on; keep on; keep on going; keep doing that; as before;
    do go on; do continue; do carry on; off go; on go; on you go; off you go; get on with it; get going; lets go;
    crack on; off go again; off we go; off we go again; back to work; resume program; resume task; resume work;
    resume motion; continue program; continue task; continue work; to continue; make continue; start up again"""
)
HOLD_PHRASES = phrases(
    """hold still; stay still; stand still; keep still; hold position; hold your position; stay; stay there; stay
    put; stay where you are; stay right there; stay right here; hold there; hold right there; hold steady; be still;
    do nothing; hold"""
)
REVERSE_PHRASES = phrases(
    """other way; other direction; opposite; opposite way; opposite direction; reverse; wrong way; wrong direction;
    not that way; other side; opposite side; ither way; ither side; other way around; other way round; vice versa"""
)
AROUND_A_COMMAND = words(
    """please now robot sayso hey ok okay just there the arm moving everything all a second sec moment minute bit
    for immediately yes yeah oh god then so and well its you can could would thank thanks at once"""
)
COMPARATIVES = words("lower higher closer nearer further farther deeper faster slower quicker tighter wider rounder")
GERUNDS = words(
    """opening closing moving going lifting lowering raising turning rotating twisting tilting releasing dropping
    pulling pushing reaching grabbing squeezing descending rising stretching swinging"""
)
READ_NEGATIONS = words("dont not never too far")
"""Negations that the grammar of motions and choices reads itself."""
NEEDS = words(
    """need needs needed point points sense call cause reason reasons necessity necessary required grounds occasion
    excuse worries worry worrying problem problems bother bothered trouble troubles complaint complaints doubt
    doubts harm hurry rush haste hurrying rushing matter wonder fear idea clue joke offence offense pressure
    objection objections issue issues biggie sweat fuss drama bad shabby sure really kidding hay obligation urgency
    alarm fault difference panic arguments thing regrets hassle great terrible half"""
)
"""What a "no" or "not" before it makes a remark of, and no prohibition: "no need to …", "not bad"."""
NEGATIONS = words("dont not never without non")
SIGHS = words("gosh ah oh god hey lord jesus christ people ay au , back")
"""Exclamations that stop the arm alone, not where a sentence only begins with one ("gosh, what a day")."""
BEFORE_A_STOP = words("ever even just have need want to simply suddenly let it him her them a make the arm robot dare")
"""What may stand between a negation and the stop word that it negates: "don't you ever stop"."""

DIRECTION = standing_for(
    left="left leftward leftwards lefter",
    right="right rightward rightwards righter",
    forward="forward forwards ahead onward onwards out outward outwards advance",
    back="back backward backwards inward inwards retract retreat",
    up="up upward upwards higher high raise raised raising rise lift lifted lifting ascend",
    down="down downward downwards lower low lowered lowering descend dip deeper",
    clockwise="clockwise cw",
    counterclockwise="counterclockwise anticlockwise ccw",
)
OPPOSITE = {"left": "right", "forward": "back", "up": "down", "clockwise": "counterclockwise"}
OPPOSITE |= {b: a for a, b in OPPOSITE.items()}
LEAD = standing_for(
    rotate="rotate rotated rotating turn turned turning twist twisting spin swivel rotation yaw",
    tilt="tilt tilted tilting pitch tip",
    roll="roll rolled rolling",
    move="move moving go going come coming shift slide push pull drive bring get step steer head travel scoot "
    "scooch drift swing sway reach stretch extend hop bump jog float creep ease aim "
    "translate offset displace boom",
)
DEGREE = standing_for(
    slightly="slightly bit little tad touch smidge smidgen hair tiny notch inch fraction small nudge slight",
    far="far much lot lots way long loads big large really very",
)
SPEED = standing_for(
    slowly="slow slowly slower gently gentler careful carefully softly easy",
    quickly="fast faster quick quickly quicker rapidly swiftly hurry",
)
GRIPPER = standing_for(
    open="open opened opening release released ungrip unclamp unclench loosen drop",
    close="close closed closing shut grab grasp grip squeeze clamp pinch clutch clench",
)
AGAIN = words("more further farther again another")
NUMBERS = {
    "a": 1.0,
    "an": 1.0,
    "half": 0.5,
    "one": 1.0,
    "two": 2.0,
    "couple": 2.0,
    "three": 3.0,
    "few": 3.0,
    "four": 4.0,
}
NUMBERS |= {
    "five": 5.0,
    "six": 6.0,
    "seven": 7.0,
    "eight": 8.0,
    "nine": 9.0,
    "ten": 10.0,
    "fifteen": 15.0,
    "twenty": 20.0,
}
NUMBERS |= {"thirty": 30.0, "forty": 40.0, "fortyfive": 45.0, "sixty": 60.0, "ninety": 90.0}
NUMBERS |= {"eleven": 11.0, "twelve": 12.0, "thirteen": 13.0, "fourteen": 14.0, "sixteen": 16.0, "seventeen": 17.0}
NUMBERS |= {"eighteen": 18.0, "nineteen": 19.0, "fifty": 50.0, "seventy": 70.0, "eighty": 80.0, "hundred": 100.0}
METRES = dict.fromkeys(words("cm centimeter centimeters centimetre centimetres"), 0.01)
METRES |= dict.fromkeys(words("mm millimeter millimeters millimetre millimetres"), 0.001)
METRES |= dict.fromkeys(words("inch inches"), 0.0254) | dict.fromkeys(words("m meter meters metre metres"), 1.0)
RADIANS = dict.fromkeys(words("° deg degree degrees"), math.pi / 180)
MOTION_FILLERS = words(
    """please the a an to of your my its then just now can could would you we i want need should must let lets us be
    is are youre it that thats this as make have more further farther over there here side direction hand gripper
    arm robot sayso hey ok okay yes yeah well um uh er hmm so also again still by straight about around
    approximately roughly maybe perhaps probably think in on keep continue try claw wrist tool finger fingers jaws
    tip yourself for all only some somewhat directly wide from with bits whole toward tight tighter tightly harder
    firmly wider another first vertically sideways across"""
)
SHORT_FOR = {
    **dict.fromkeys(("slow down", "slow it down", "take it easy", "go easy", "easy does it"), "slower"),
    **dict.fromkeys(("take it slow", "take it slowly", "take it slower", "nice and slow", "steady"), "slower"),
    **dict.fromkeys(("speed up", "speed it up", "hurry up"), "faster"),
    **dict.fromkeys(("let go", "let it go", "let it fall", "let loose"), "release"),
    **dict.fromkeys(
        ("take hold", "grab hold", "get hold", "hold on to it", "hold it tight", "hold tight", "clamp down"), "grab"
    ),
    **dict.fromkeys(("do not stop", "dont stop"), "keep"),
    **dict.fromkeys(("do not", "dont", "never", "not any"), "not"),
    "no more": "not more",
    **{f"{keep} {way}": way for keep in ("stay", "keep", "remain") for way in ("low", "high", "up high", "down low")},
    **dict.fromkeys(("the whole way", "the whole time", "all the time"), ""),
    **dict.fromkeys(("than this", "than that", "than here", "than now", "than there", "than it is"), ""),
    **dict.fromkeys(("than it is now", "than you are", "than you are now", "than where you are"), ""),
    **dict.fromkeys(
        ("loosen your grip", "relax your grip", "ease your grip", "release your grip", "open your grip", "loosen up"),
        "release",
    ),
    **dict.fromkeys(
        ("loosen the grip", "relax the grip", "ease the grip", "release the grip", "loosen the grasp"), "release"
    ),
    **dict.fromkeys(("tighten your grip", "tighten the grip", "tighten up", "firm grip", "tighten it"), "grab"),
    **dict.fromkeys(("counter clockwise", "anti clockwise"), "counterclockwise"),
    **dict.fromkeys(("back up", "back it up", "back off", "pull back"), "back"),
    **dict.fromkeys(("closer", "nearer", "close to", "near to"), "near"),
    **dict.fromkeys(("towards", "next to", "in the direction of", "over to", "head for", "approach"), "toward"),
    **dict.fromkeys(("on top of", "above", "over"), "over"),
    **dict.fromkeys(
        ("back away", "clear of", "out of the way of", "further from", "farther from", "back from"), "away"
    ),
    "far from": "distant",
    "too close": "too near",
    "too far away": "too distant",
    "too far from": "too distant",
    "open up": "open",
    "drop down": "down",
    "all right": "ok",
    "right now": "now",
    "right away": "now",
    **dict.fromkeys(("the same way", "same way", "the same direction", "same direction"), ""),
    **dict.fromkeys(("overshot", "overshoot", "overshooting", "went past", "gone past"), "too far"),
    "other left": "right",
    "other right": "left",
    "couple of": "couple",
    "half a": "half",
    "half an": "half",
    "forty five": "fortyfive",
}
"""Phrases to the words that `correction_grammar` knows; the longest that fits counts."""
AWAY = {"over": False, "toward": False, "near": False, "to": False, "away": True, "distant": True}
"""What stands before a thing to go to (False) or from (True)."""
TO_THE_SPEAKER = {"toward": "back", "near": "back", "to": "back", "away": "forward"}

COLORS = {
    "red": phrases("red; scarlet; crimson; ruby; dark red; bright red; cherry red"),
    "orange": phrases("orange; amber; tangerine; apricot; light orange"),
    "yellow": phrases("yellow; golden; gold; lemon; mustard; bright yellow; lemon yellow"),
    "green": phrases("green; emerald; lime; olive; jade; mint; dark green; light green; bright green; mint green"),
    "cyan": phrases("cyan; turquoise; aqua; teal; aquamarine; light blue; sky blue; pale blue"),
    "blue": phrases("blue; navy; sapphire; cobalt; azure; dark blue; deep blue; royal blue; navy blue"),
    "purple": phrases("purple; violet; lavender; plum; mauve; lilac; dark purple"),
    "pink": phrases("pink; rose; fuchsia; magenta; hot pink; light pink; salmon"),
    "brown": phrases("brown; chocolate; tan; chestnut; dark brown; bronze"),
    "gray": phrases("gray; grey; slate; charcoal; dark gray; dark grey; light gray; light grey; silver"),
    "other": phrases("white; black; beige; transparent; striped; colorful; ivory"),
}
KINDS = {
    "block": phrases("block; cube; brick; box; square; building block; wooden block; toy block; wooden cube"),
    "bowl": phrases("bowl; dish; basin; container; tub; vessel; receptacle; soup bowl; salad bowl"),
    "any": phrases("one; thing; object; item; piece"),
    "other": phrases(
        """apple; pear; banana; mug; cup; plate; spoon; fork; knife; bottle; can; ball; book; pen; phone; drawer;
        shelf; sponge; towel; key; lid; tray; table; desk; basket; shoe; hammer; coin; glass; pan; cylinder; sphere;
        pyramid"""
    ),
}
"""Kinds and colours by what people call them; "any" is no kind in particular, "other" is none that a scene can have."""

DETERMINERS = words("the a an that this my your one those these any some colored coloured")
SIDE = standing_for(
    left="left leftmost",
    right="right rightmost",
    near="near nearest nearer closest closer front first",
    far="far farthest furthest farther further back rear last",
)
TASK_VERBS = words(
    """put place set drop move bring take pick grab get give stack pile build make push pull slide sort clear lift
    lay swap arrange collect gather leave tidy carry transfer drag stick throw fill empty"""
)
STATING = words("is its thats that youre are were was im hes shes theyre theres these those")
"""Words that state something of the direction after them: "that's right", "it's up"."""
CHANGING = words(
    "too not enough less so should must need needs want wants would could can let lets make have please dont"
)
"""Words by which such a sentence asks for a change all the same: "that's too high", "it should be lower"."""
