"""Stop words that tell of a stop at another time or to somebody else: "he always shouts stop", "the stop you heard".

Only with a plain mark of that distance: a habit, the past, another one spoken to, a sign. "She says stop" has none and
stops the arm.
"""

from __future__ import annotations

import re

_STOP = r"(?:e?s+t+o+p+|h+a+l+t+|f+r+e+z+e+|freeze|pause|stopping|bas)"
_STOPS = rf"(?:\W*\b(?:and )?{_STOP}\b)+"
_TELLER = (
    r"(?:(?:my|our|his|her|the|your|ma|oor|me|that|this|some|a|one|an|every|old|late|dear|poor) (?:\w+ ){0,2}?(?!i\b|"
    r"we\b)\w+"
    r"|he|she|they|people|folk|everybody|everyone|somebody|someone|grandad|grandpa|granny|grandma|mum|mom|mummy|dad|"
    r"papa"
    r"|daddy|mother|father|uncle|auntie|boss|teacher|madam|sir)"
)
_TELLS = (
    r"(?:sa(?:y|ys|id|ying)|shout\w*|yell\w*|holler\w*|scream\w*|bawl\w*|call\w*|cr(?:y|ies|ied|ying)|s[iau]ng\w*|"
    r"bark\w*"
    r"|tell\w*|told|bellow\w*|roar\w*|whisper\w*|reading|mutter\w*|goes|went|ask\w*|order\w*|beg\w*|speak\w*|repeat\w*)"
)
_HABIT = (
    r"(?:used to|always|aye|forever|constantly|never stop\w*|keeps?|kept|usually|often|sometimes"
    r"|(?:the )?(?:all|whole|entire) (?:through )?(?:the )?(?:day|night|morning|week|month|year|evening|afternoon|"
    r"time|yesterday|summer|lesson|film|game|match)"
    r"|all (?:yesterday|through|along)|every \w+|each (?:time|day|night|week)|yesterday|last (?:\w+ )?(?:night|week|"
    r"month|year|time|summer|shift)"
    r"|(?:this|yesterday) (?:morning|afternoon)|ages ago|(?:\w+ )?(?:years|days|weeks|months|hours) (?:ago|back|long)|"
    r"back (?:then|home)"
    r"|(?:in|on) (?:the|a|that|my|our) (?:\w+ )?(?:song|film|movie|story|book|lesson|game|telly|tv|television|radio|"
    r"phone|bus|train|tram|car|dream|show|video|podcast|class|playground)"
    r"|(?:at|to) (?:the|my|our|his|her|their) (?:\w+ )?(?:telly|tv|dog|cat|kids|kid|children|football|referee|phone|"
    r"brother|sister|parrot|driver|bus|taxi|neighbours?|neighbors?)"
    r"|when (?:i|he|she|we|they) (?:was|were|am|is|are|did|had)|when im|when i \w+|those were|in those days|once upon|"
    r"(?:he|she|they|i|we)d|would)"
)
_NOT_ME = r"(?!i\b|we\b)"
_TOLD_OTHERS = (
    r"(?:me|us|him|her|them|(?:the|my|our|his|her|that|those) (?!arm\b|robot\b|machine\b|gripper\b|"
    r"thing\b)(?:\w+ )?\w+)"
)
_SIGN = (
    r"(?:sign|label|poster|manual|notice|traffic light|song|film|movie|caption|sticker|button|light|radio|telly|"
    r"tv|advert|book|paper|lyrics?)"
)
_PATTERN = re.compile(
    "|".join(
        (
            # the habit before the word: "my wife is telling me all day, 'stop'"
            rf"\b{_NOT_ME}{_TELLER} (?:(?!i\b|"
            rf"we\b)\w+ ){{0,5}}?{_HABIT}\b[^.?!;,]{{0,30}}?\b{_TELLS}\b[^.?!;,]{{0,30}}?(?P<a>{_STOPS})",
            rf"\b{_HABIT} {_NOT_ME}{_TELLER} (?:(?!i\b|we\b)\w+ ){{0,3}}?{_TELLS}\b[^.?!;,]{{0,30}}?(?P<b>{_STOPS})",
            rf"\b{_NOT_ME}{_TELLER} (?:(?!i\b|we\b)\w+ ){{0,4}}?{_TELLS}\b(?: \w+){{0,4}} {_HABIT}\b(?P<c>{_STOPS})",
            rf"\b(?:he|she|they)d (?:always |often )?{_TELLS}(?P<p>{_STOPS})(?= and (?:i|we|he|she|they)d?\b)",
            # the habit after it: "she says stop all the time"
            rf"\b{_NOT_ME}{_TELLER} (?:(?!i\b|we\b)\w+ ){{0,4}}?{_TELLS}(?: (?:me|us|him|her|them))?(?: to|"
            rf" that)?(?P<d>{_STOPS})"
            rf"(?=[\W]{{1,3}}(?:\w+ ){{0,5}}?{_HABIT}\b)",
            # a stop as a thing: "the stop you heard was me"
            rf"\b(?:the|that|this|his|her|my|their|thon) (?:(?!bus|tram)\w+ )?(?P<e>\W?{_STOP})\W?(?= (?:(?:that |"
            rf"which )?(?:you|ye|we) "
            r"(?:just |have |only |may have )*(?:heard|got|caught)|(?:was|wasnt|was not|is|isnt) (?!(?:for|meant for|"
            r"aimed at|intended for|meant) (?:you|ye)\b)(?:for|meant|from|me\b|my|his|her"
            r"|the|a\b|just|only|not|at|to|aimed|intended|somebody|someone|mine|addressed|directed)|came|comes))",
            # said to others
            rf"\b(?:i|we) (?:was|were|am|wis)(?:nt)? (?:only |just |simply |merely )*(?:telling|asking|shouting|"
            rf"yelling|calling|talking|speaking"
            rf"|warning|saying)(?: at| to| for| out)* {_TOLD_OTHERS}(?: to| a)?(?P<f>{_STOPS})(?! (?:you|it|this|that|"
            rf"the (?:arm|robot|machine|gripper))\b)",
            rf"\b{_TELLS} {_TOLD_OTHERS} (?:to |that (?:i|he|she|we|they) (?:should|"
            rf"must) )?(?P<g>{_STOPS})(?= (?!you\b|it\b|the\b|this\b|that\b|now\b)\w+ing\b)",
            rf"\b{_TELLS}(?: at| to)? {_TOLD_OTHERS} (?:to )?(?P<q>{_STOPS})(?=\W{{1,3}}(?:and )?not (?:you|ye)\b)",
            rf"\b(?:that|it) was (?:only |just )?(?!me\b){_NOT_ME}{_TELLER} (?:\w+ )?{_TELLS}(?P<r>{_STOPS})",
            # not to the arm, by the speaker's own word
            rf"\b(?:when|if) (?:i|he|she|they|we) (?:just |only )?(?:said|shouted|yelled|"
            rf"called)(?P<h>{_STOPS})(?=\W{{1,3}}(?:i|he|she|they|we) "
            r"(?:(?:was|were|wis) (?!talking to you|serious)|(?:wasnt|werent|was not) (?:talking|speaking)|(?:did not|"
            r"didnt) mean you"
            r"|(?:meant|mean) (?!it\b|you\b|stop\b|that\b|this\b|every|business|now|the arm|the robot)))",
            rf"\b(?:wasnt|was not|werent|isnt|is not) (?:talking|speaking|shouting|aimed|addressed|directed|"
            rf"yelling) (?:to|at) (?:you|ye)\b[^.?!;]{{0,30}}?(?P<i>{_STOPS})",
            rf"\b(?:it|that|this) (?:wasnt|was not|isnt|was never) (?:me|i|us|my\w*|him|"
            rf"her)\b[^.?!;]{{0,20}}?(?P<j>{_STOPS})",
            rf"(?:^|[.,;!?] ?)(?:did not|didnt|never) (?:mean|said|say|tell|ask|want|"
            rf"intend)(?: for)?(?: that)?(?: (?:you|"
            rf"ye))?"
            rf"(?: (?:should|to|must))?(?P<k>{_STOPS})(?! or\b)",
            rf"\b(?:if )?(?:you|ye) (?:just |only |may have |might have )*heard (?:a |the |him |her |someone |"
            rf"somebody )?(?:say |shout )?(?P<l>{_STOPS})"
            r"(?=[^.?!;]{0,30}\b(?:that was|thats|it was|was|from|came|every|yesterday|not for|wasnt|nothing to do)\b)",
            rf"\b{_SIGN}\b[^.?!;]{{0,25}}?\b(?:says|reads|said|read|saying|reading|goes|went)(?P<m>{_STOPS})",
            rf"\bthere (?:was|were|wis) (?:(?!i\b|we\b)\w+ ){{0,8}}?\b{_TELLS}(?P<n>{_STOPS})",
            rf"\b(?:shouting|yelling|saying|calling|screaming|said|shouted|yelled|called)(?P<o>{_STOPS})"
            rf"(?=\W{{1,3}}(?:at|to) (?:the|my|our|his|her|that|those) (?!arm\b|robot\b|machine\b|gripper\b)\w+)",
        )
    )
)
_WORD = re.compile(rf"\b{_STOP}\b")


def spare_reported(plain: str, mark: str) -> str:
    """``plain`` (normalised text) with ``mark`` for each stop word that tells of others or of another time."""

    def marked(found: re.Match[str]) -> str:
        start, end = next(found.span(name) for name, text in found.groupdict().items() if text is not None)
        return plain[found.start() : start] + _WORD.sub(mark, plain[start:end]) + plain[end : found.end()]

    return _PATTERN.sub(marked, plain)
