"""Orders to pause or to cut the power that hold no stop word: "hold your horses", "hang fire", "kill the motors"."""

from __future__ import annotations

import re
from collections.abc import Sequence

from sayso.planner.corrections.patterns import any_of
from sayso.planner.corrections.words import parts_of

_ADDRESS = any_of("mate; pal; lad; love; dear; robot; man; son; there; now; please; (?:will|would) you")
_WHILE = any_of(
    r"""(?:a|one|half a|just a)(?: (?:wee|little|tiny|short))? (?:sec|second|min|minute|mo|moment|tick|bit|while);
    for (?:a|one) (?:sec|second|min|minute|moment|bit|while); till .{1,30}"""
)
_TAIL = rf"(?: (?:{_ADDRESS}|{_WHILE}))*"
_LEAD = rf"(?:{any_of('hey; oi; oh; no; and; so; now; just; please; ok; okay; well; right; whoa; robot; quick')} )*"
_POWER = "(?:power|motors?|engines?|electricity|current|juice|supply|mains|servos?|actuators?)"
_PAUSE = any_of(
    rf"""hold (?:your|the|them) horses; hold the phone; hold (?:your )?fire; hold hard; hang (?:about|fire);
    half a (?:mo|sec|tick|minute|moment); give over;
    pack (?:it|that) in; stand (?:down|by); bide; pull the plug; de ?energi[sz]e;
    unplug (?:it|yourself|(?:the|this) (?:arm|robot|thing));
    (?:cut|kill|turn off|switch off|shut off|disconnect)(?: (?:the|your|all|its))? {_POWER};
    (?:cut|kill|turn|switch|shut) (?:the|your|all|its) {_POWER} off;
    power (?:down|off)(?: (?:(?:the )?(?:arm|robot|motors?)|everything|yourself))?;
    (?:hit|press|push) the (?:red button|e ?stop|kill switch)"""
)
_STILL = (
    r"(?:do not|dont) (?:move|budge|stir)(?: (?:a muscle|an inch|any ?more|again|at all))?"
    r"(?: (?:theres?|i|im|ill|ive|he|hes|she|shes|we|weve|youll|youve|somebody|someone|something|wait|or)\b.*)?"
)
"""Heard aloud, the reason follows without a mark: "dont move theres a bug on you"."""
_ORDER = re.compile(rf"{_LEAD}(?:{_PAUSE}|{_STILL}){_TAIL}")
_ALONE = re.compile(rf"{_LEAD}(?:hold (?:on|up)|hang on){_TAIL}")
"""What pauses the arm if nothing else is said: "hold on, the green one" names another thing."""


def is_pause(said: Sequence[str]) -> bool:
    """Whether a part of the words ``said``, between its marks, is nothing but such an order."""
    parts = [" ".join(part) for part in parts_of(said)]
    return any(_ORDER.fullmatch(part) for part in parts) or _ALONE.fullmatch(" ".join(parts)) is not None
