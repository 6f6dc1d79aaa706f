"""What people tell the memory and ask it: names, preferences, rules, tips; where, what and who."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import fields, replace
from typing import Any

from sayso.perception.scene import Scene, SceneObject
from sayso.planner.as_task import described
from sayso.planner.corrections.text import cries_out, is_stop
from sayso.planner.interpreter.answers import ABILITIES, told
from sayso.planner.language.grounding import Unresolved, a, names, the
from sayso.planner.local import LocalPlanner
from sayso.planner.memory.entries import AnyEntry, Habit, Named, Tip, thing_name
from sayso.planner.memory.frames import Framed, is_for_good, is_name
from sayso.planner.memory.hand import of_hand
from sayso.planner.memory.looking import Looking, asked
from sayso.planner.memory.memory import Memory, key_of
from sayso.planner.memory.past import Past
from sayso.planner.memory.replies import deeds, known, last_run, last_seen, names_of, reason, touched, where, which
from sayso.planner.plan import Answer, Question, Refusal, Reply
from sayso.planner.reader.questions import asked_in
from sayso.planner.reader.run_questions import about_run
from sayso.planner.reader.understanding import CERTAIN, SURE
from sayso.planner.task.english import said
from sayso.planner.task.nouns import singular
from sayso.planner.task.text import write
from sayso.planner.task.things import colors_meant, kinds_meant
from sayso.planner.task.values import (
    A,
    About,
    All,
    Ask,
    Called,
    Color,
    It,
    Name,
    Only,
    Pick,
    Remark,
    Rule,
    The,
    Thing,
    Untouched,
    Value,
    Whether,
)  # fmt: skip

NAMED = 0.10
"""From this probability of a name on, "that is my …" is asked about; below it is a remark."""
_TOUCHING = re.compile(r"\W*wh(?:at|ich)\b.*\btouch(?:es|ing)?\W*$", re.I)
_NAMES_ITSELF = re.compile(
    r"\W*(?:(?:hello|hi|hey|and|so|please|ok|okay|robot|tell me)\b\W*)*(?:what(?:['’]?s| is) your(?: own)? name"
    r"|your name"
    r"|who(?:['’]?re| are) you|what(?: are you|(?: do| should| shall| can) (?:i|we|they|people) call you"
    r"|(?:['’]?re| are) you) called|what (?:do|should|shall|can) (?:i|we|they|people) call you"
    r"|(?:do you have|have you(?: got)?) a name)(?:\W+(?:robot|please|again|then|anyway))*\W*",
    re.I,
)
_ASKS = r"(?:how many|how much|how far|which|where|what|who|whose|is|are)"
_TWO_QUESTIONS = re.compile(
    rf"(?P<first>(?:(?:please|and|so|hey|hi|ok|robot|tell me)[,:]?\s+)*{_ASKS}\b[^.;:!?]+?)(?:,? and |[?] (?:and )?)"
    rf"(?P<second>{_ASKS}\b[^.;:!?]+)\?*",
    re.I,
)
_COUNTED = re.compile(r"\bhow many (?P<noun>(?:[a-z]+ )?[a-z]+?)(?= (?:are|is|can|do|stand)\b)", re.I)
_WHICH_ONE = re.compile(r"\bwhich(?: one| of (?:them|these|those))?(?= (?:is|are)\b)", re.I)
_POINTS = ("it", "this", "that", "this one", "that one")


class Telling:
    """Keeps what people tell and answers what they ask; ``past`` reads sentences with the past in mind."""

    def __init__(self, words: LocalPlanner, memory: Memory, past: Past) -> None:
        self.words, self.memory, self.past, self.looking = words, memory, past, Looking(words)
        self._choices: dict[str, tuple[str, str, str]] = {}  # name, id and sentence of the answers to `with_names`

    def framed(self, frame: Framed, sentence: str, scene: Scene) -> Answer | None:
        """The answer to a sentence that speaks to the memory; None if it does not after all."""
        until = "from now on" if is_for_good(sentence) else "in this session"
        match frame.frame:
            case "name":
                return self._framed_name(frame, sentence, scene)
            case "prefer":
                thing = self._thing(frame.thing)
                if thing is None or not self.words.grounding(scene).matching(thing):
                    return None
                self.memory.keep_preference(thing, sentence, is_for_good(sentence))
                return Reply(f"Where I can choose, I take {said(thing)} {until}.")
            case "leave":
                thing = self._thing(frame.thing, many=True)
                if thing is None or not self.words.grounding(scene).matching(thing):
                    return None
                return self.ruled(Rule((Untouched(thing),)), sentence, scene)
            case "tip":
                self.memory.change([Tip(when=self.memory.clock(), text=frame.what, robot=self.memory.robot)])
                return Reply(f"I keep that in mind: {frame.what}.")
            case "recall":
                return Reply(f"{known(self.memory)}.")
            case "who":
                return self._who(frame.what, scene)
            case "called":
                thing = It() if frame.thing.casefold() in _POINTS else self._thing(frame.thing)
                return None if thing is None else self.asked(About.WHAT, thing, scene)
            case "forget":
                return self._forget(frame.what)
            case "allow":
                return self._allow(frame.what)

    # Names ---------------------------------------------------------------------------------------------------------

    def chosen(self, sentence: str) -> str:
        """The sentence that an answer to the question of `with_names` is about; the choice is remembered."""
        if sentence not in self._choices:
            return sentence
        key, object_id, asked = self._choices[sentence]
        self.memory.know_by(key, object_id)
        return asked

    def with_names(self, sentence: str, scene: Scene) -> str | Answer:
        """``sentence`` with each known name replaced by what the thing is called; the question of a doubtful one."""
        known = self.memory.named(scene)
        called = dict(zip((o.id for o in scene.objects), names(scene.objects), strict=True))
        for entry in self.memory.names:
            pattern = _mention(entry.name)
            if pattern.search(sentence) is None:
                continue
            found = known[key_of(entry.name)]
            if not found:
                seen = last_seen(entry.thing, self.memory, self.memory.clock())
                return Refusal(f"I do not see {entry.name}, the {entry.thing}, now.{f' {seen}.' if seen else ''}")
            if len(found) > 1 or self.memory.doubts(entry.name, found[0]):
                options = tuple(called[o.id] for o in found)
                answers = tuple(f"{sentence} ({entry.name} is the {option})" for option in options)
                for answer, thing in zip(answers, found, strict=True):
                    self._choices[answer] = key_of(entry.name), thing.id, sentence
                return Question(which(found, entry.name), options, answers)
            if called[found[0].id] != found[0].name:
                continue  # of twins the reader tells no sides; it knows the name itself
            sentence = pattern.sub(f"the {called[found[0].id]}", sentence)
        return sentence

    def named(self, thing: Thing, name: str, scene: Scene) -> Answer | None:
        """Give ``thing`` a name, or ask which thing gets it; None if nothing is seen, or for "me" and the like."""
        if not is_name(name):
            return None
        try:
            found = self.words.grounding(scene).several(thing)
        except Unresolved as unresolved:
            return self._asks_name(name, scene.objects if thing == It() else unresolved.things or scene.objects)
        return Reply(f"{self.memory.give_name(found[0], name)}.") if len(found) == 1 else self._asks_name(name, found)

    def _framed_name(self, frame: Framed, sentence: str, scene: Scene) -> Answer | None:
        points = frame.thing.casefold() in _POINTS
        if points and re.search(r"\b(?:call|name|christen)|\b(?:called|named)\b", sentence, re.I) is None:
            meanings = self.past.read(sentence)
            named, remark = (sum(m.probability for m in meanings if isinstance(m.value, k)) for k in (Name, Remark))
            if named < NAMED:
                return None  # "that's my point"
            if named < remark:
                return self._asks_name(frame.name, scene.objects)
        if points and (new := self.memory.new_in(scene)) is not None:
            return Reply(f"{self.memory.give_name(new, frame.name)}.")
        thing = It() if points else self._thing(frame.thing)
        return None if thing is None else self.named(thing, frame.name, scene)

    @staticmethod
    def _asks_name(name: str, things: Sequence[SceneObject]) -> Question | None:
        if not things:
            return None
        answers = tuple(write(Name(described(o, exactly=True), name)) for o in things)
        return Question(which(things, name), names(things), answers)

    def _thing(self, words: str, many: bool = False) -> Thing | None:
        """The thing that ``words`` describe."""
        try:
            meanings = self.words.reader.read(f"pick up {words}")
        except ValueError:
            return None
        found = [(m.probability, m.value.thing) for m in meanings if isinstance(m.value, Pick)]
        if sum(p for p, _ in found) < CERTAIN:
            return None
        thing: Thing = found[0][1]
        return All(thing.noun, thing.modifiers) if many and isinstance(thing, The) else thing

    # Rules ---------------------------------------------------------------------------------------------------------

    def ruled(self, rule: Rule, text: str, scene: Scene) -> Reply:
        """Heed a person's rule with the words ``text``."""
        for_good = is_for_good(text)
        self.memory.keep_rule(rule, text, for_good)
        things = [c.thing for c in rule.constraints if isinstance(c, Untouched | Only)]
        unseen = [said(t) for t in things if not self.words.grounding(scene).matching(t)]
        missing = f" I do not see {unseen[0]} now." if unseen else ""
        until = "from now on" if for_good else "in this session"
        return Reply(f"I keep to that {until}: {'; '.join(said(c) for c in rule.constraints)}.{missing}")

    def _forget(self, what: str) -> Answer | None:
        memory, key = self.memory, key_of(what)
        gone: list[AnyEntry] = [e for e in memory.names if key_of(e.name) == key]
        if re.fullmatch(r"(?:(?:that|the|this|my|last) )*(?:rule|preference|habit)", what, re.I):
            pool = memory.habits if "habit" in what else memory.preferences[::-1]
            gone = list((memory.rules if "rule" in what else pool)[-1:])
        elif re.fullmatch(r"(?:(?:all|the|my|these|those) )*(?:rules|preferences|names|habits)", what, re.I):
            kinds: dict[str, Sequence[AnyEntry]] = {
                "rules": memory.rules, "preferences": memory.preferences, "names": memory.names,
                "habits": memory.habits,
            }  # fmt: skip
            gone = list(kinds[what.split()[-1].casefold()])
        if not gone:
            return None
        memory.forget(gone)
        told = ", ".join(
            e.name if isinstance(e, Named) else f"“{getattr(e, 'said', None) or getattr(e, 'words', '')}”" for e in gone
        )
        return Reply(f"I have forgotten {told}.")

    def _allow(self, what: str) -> Answer | None:
        """Take back the rules that forbid ``what``."""
        try:
            meanings = self.words.reader.read(f"never {what}")
        except ValueError:
            return None
        forbidden = {_loosely(c) for m in meanings if isinstance(m.value, Rule) for c in m.value.constraints}
        gone = [rule for rule, c in self.memory.standing if _loosely(c) in forbidden]
        if not gone:
            return None
        self.memory.forget(gone)
        return Reply(f"I no longer keep to “{gone[-1].said}”.")

    # Questions -----------------------------------------------------------------------------------------------------

    def question(self, sentence: str, scene: Scene, idle: bool = True) -> Answer | None:
        """The answer to a plain question; None for any other sentence. What an arm that is not ``idle`` does, others
        answer."""
        if (both := self._both_answered(sentence, scene, idle)) is not None:
            return both
        about = about_run(sentence)
        if about is not None:
            return None if self.memory.is_busy and not idle else Reply(last_run(self.memory, about))
        if _NAMES_ITSELF.fullmatch(sentence):
            return Reply("I am Sayso: I do with this arm what you say. Ask what I can do.")
        if not is_stop(sentence) and not cries_out(sentence) and (held := of_hand(sentence, scene)) is not None:
            return held
        if (seen := self.looking.answer(sentence, scene)) is not None:
            return seen
        ask = asked_in(sentence, self.words.reader, still=idle)
        if ask is None and (plain := asked(sentence)) and not (is_stop(sentence) or cries_out(sentence)):
            ask = asked_in(f"{plain}?", self.words.reader)
        if ask is None or (isinstance(ask, Ask) and ask.about in (About.DOING, About.WHY) and not idle):
            return None
        in_full = self.with_names(sentence, scene)
        if not isinstance(in_full, str):
            return in_full
        ask = ask if in_full == sentence else asked_in(in_full, self.words.reader) or ask
        if isinstance(ask, Whether):
            return told(ask.condition, self.words.grounding(scene))
        if ask.thing is not None and _TOUCHING.match(sentence):
            found = self.words.grounding(scene).matching(ask.thing)
            if len(found) == 1:
                return Reply(touched(found[0], scene))
        return self.asked(ask.about, ask.thing, scene)

    def _both_answered(self, sentence: str, scene: Scene, idle: bool) -> Answer | None:
        """The answers to the two questions of a sentence; None for any other sentence."""
        found = _TWO_QUESTIONS.fullmatch(sentence.strip())
        if found is None:
            return None
        noun = _COUNTED.search(found["first"])
        second = _WHICH_ONE.sub(f"which {singular(noun['noun'])}", found["second"]) if noun else found["second"]
        told = [self.question(f"{part}?", scene, idle) for part in (found["first"], second)]
        if isinstance(told[0], Reply) and told[1] is None:
            told[1] = Reply("Ask me the other question by itself.")
        if not all(isinstance(one, Reply) for one in told):
            return None
        return Reply(" ".join(one.reason for one in told if isinstance(one, Reply)))

    def asked(self, about: About, thing: Thing | None, scene: Scene) -> Answer | None:
        """The answer to a question of a person; None to leave it to the planner."""
        memory = self.memory
        if about is About.ABLE:
            return Reply(ABILITIES)
        if about is About.WHY:
            return Reply(reason(memory))
        if about is About.DOING:
            return Reply(deeds(memory))
        if about is About.SEE and thing is None:
            return Reply(f"I see {the(scene.objects)}." if scene.objects else "I see nothing on the table.")
        if thing is None:
            return None
        try:
            found = self.words.grounding(scene).several(_all_of(thing))
        except Unresolved:
            found = []
        if memory.turns:
            memory.turns[-1].spoken = tuple(o.id for o in found)
        if about is About.COUNT:
            return Reply(f"{len(found)}: {the(found)}." if found else "None that I see.")
        if about is About.WHERE and found:
            return Reply(where(found, scene))
        if about is About.WHERE:
            seen = (last_seen(name, memory, memory.clock()) for name in self._remembered_like(thing))
            return Reply(" ".join(f"{s}." for s in (f"I do not see {said(_plain(thing))} now", *seen) if s))
        if about is About.WHAT and len(found) == 1:
            called = " and ".join(names_of(found[0], memory, scene))
            return Reply(f"That is the {found[0].name}{f', called {called}' if called else ''}.")
        if about is About.SEE or (about is About.WHAT and isinstance(thing, All)):
            return Reply(f"I see {the(found)}." if found else "Nothing that I see.")
        return None

    def _who(self, name: str, scene: Scene) -> Answer | None:
        entry = next((e for e in self.memory.names if key_of(e.name) == key_of(name)), None)
        if entry is None:
            return None
        found = self.memory.named(scene)[key_of(name)]
        if len(found) != 1:
            return Reply(f"{entry.name} is {a(entry.thing)}{', but I do not see it now' if not found else ''}.")
        self.memory.turns[-1].spoken = (found[0].id,)
        return Reply(f"{entry.name} is the {entry.thing}. {where(found, scene)}")

    def _remembered_like(self, thing: Thing) -> list[str]:
        """Things seen earlier that fit a description's noun and color."""
        if not isinstance(thing, The | A | All):
            return []
        kinds = kinds_meant(thing.noun)
        colors = [colors_meant(m.name) for m in thing.modifiers if isinstance(m, Color)]
        out = []
        for entry in self.memory.seen:
            color, kind = thing_name(entry.thing)
            fits = kinds.get("any", 0.0) + kinds.get(kind, 0.0) >= SURE
            if fits and all(c.get("any", 0.0) + c.get(color, 0.0) >= SURE for c in colors):
                out.append(entry.thing)
        return list(dict.fromkeys(out))


def _called(entry: AnyEntry) -> str:
    if isinstance(entry, Named):
        return entry.name
    return f"“{entry.words if isinstance(entry, Habit) else getattr(entry, 'said', '')}”"


def _plain(thing: Thing) -> Thing:
    """``thing`` without the name that a sentence gives it beside its kind: "my mug" is the mug."""
    if not isinstance(thing, The) or thing.noun == "thing":
        return thing
    return replace(thing, modifiers=tuple(m for m in thing.modifiers if not isinstance(m, Called)))


def _all_of(thing: Thing) -> Thing:
    return All(thing.noun, thing.modifiers) if isinstance(thing, The) else thing


def _mention(name: str) -> re.Pattern[str]:
    """Where a sentence says a name: "Betty", "my mug"."""
    key = re.escape(key_of(name)).replace(r"\ ", r"\s+")
    whose = r"(?:my|your|our|the|this|that)\s+"
    lead = whose if re.match(r"(?:my|our|your|the)\s", name, re.I) else f"(?:{whose})?"
    return re.compile(rf"\b{lead}{key}\b(?!['’-]\w)", re.I)


def _loosely(value: Any) -> Any:
    """``value`` with one kind of description for all quantities, to compare rules."""
    if isinstance(value, tuple):
        return tuple(_loosely(v) for v in value)
    if isinstance(value, The | A | All):
        return ("things", value.noun, frozenset(_loosely(m) for m in value.modifiers if not isinstance(m, Called)))
    if isinstance(value, Value):
        return (type(value), *(_loosely(getattr(value, f.name)) for f in fields(value)))
    return value
