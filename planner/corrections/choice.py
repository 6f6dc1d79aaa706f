"""Corrections of what the arm works on: "no, the green one", "not that block", "in the yellow bowl instead"."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from sayso.perception.scene import Scene, SceneObject
from sayso.planner.corrections import words as W
from sayso.planner.corrections.objects import NOUNS, WORDS, Named, matching, names, read_name, unseen
from sayso.planner.plan import Relation, Subtask, Verb
from sayso.planner.viewpoint import turned

_RELATION = re.compile(
    r"(?P<in>in|into|in to|inside)|(?P<on>on|onto|on to|on top of|atop)|(?P<left>(to |on )?(the )?left (side )?of)"
    r"|(?P<right>(to |on )?(the )?right (side )?of)|(?P<front>in front of)|(?P<behind>behind|in back of)"
)
_RELATIONS = {"in": Relation.IN, "on": Relation.ON, "left": Relation.LEFT, "right": Relation.RIGHT}
_RELATIONS |= {"front": Relation.FRONT, "behind": Relation.BEHIND}
_LEAD_IN = re.compile(
    r"\s*(?:(?:no|nope|nah|wait|actually|sorry|oops|instead|rather|please|ok|okay|i meant?|but|and)\b[\s,.!;:—-]*)+",
    flags=re.IGNORECASE,
)
_MARKS = " ,.!;:"
_AND_PUT = W.PUTTING | {"it", "and"}
_BEFORE = W.CHOOSING | W.PUTTING


@dataclass(frozen=True, slots=True)
class Choice:
    """What was chosen: the thing wanted, the thing unwanted, where to put it.

    ``place`` is named beside the thing ("the yellow one, still in the pink bowl"); without it ``relation`` says how
    ``wanted`` itself is one. ``takes`` for a plain "pick up …", ``puts`` for a plain "put it in …".
    """

    wanted: Named | None
    unwanted: Named | None = None
    relation: Relation | None = None
    takes: bool = False
    puts: bool = False
    place: Named | None = None


@dataclass(frozen=True, slots=True)
class Chosen:
    """What a choice comes to in the scene: ``target`` instead of ``replaces`` (an id or None: not in the plan yet), a
    new ``instruction``, or a ``problem`` in one line with the names that would solve it."""

    target: SceneObject | None = None
    replaces: str | None = None
    instruction: str | None = None
    problem: str = ""
    options: tuple[str, ...] = ()


def read_choice(words: Sequence[str]) -> Choice | None:
    """The choice that ``words`` make, or None if they make none. Every word must be known."""
    wanted: Named | None = None
    unwanted: Named | None = None
    place: Named | None = None
    relation: Relation | None = None
    takes = puts = forbids = False
    for part in _parts(words):
        negative = part[:1] == ["not"]
        found = _named(part[1:] if negative else part)
        if found is None:
            return None
        prefix, where, named = found
        if negative and prefix and named.pronoun:  # "don't do that" says nothing of a thing
            return None
        forbids = forbids or (negative and bool((W.PUTTING | W.TAKING).intersection(prefix)))
        if negative:
            unwanted = named
        elif wanted is not None and relation is None and where is not None and _AND_PUT.issuperset(prefix):
            place, relation = named, where
        elif not (named.is_bare or named.pronoun):
            wanted, relation, place = named, where, None
            takes = bool(W.TAKING.intersection(prefix)) and named.kind is not None
            puts = bool(W.PUTTING.intersection(prefix))
    if "like" in words and not {"id", "would"}.intersection(words):  # "I like the green one" is no choice
        return None
    if wanted is None and forbids:  # "don't put it in the blue bowl" names no other place
        return None
    if (wanted is None and unwanted is None) or (puts and relation is None):
        return None
    return Choice(wanted, unwanted, relation, takes, puts, place)


def _parts(words: Sequence[str]) -> Iterator[list[str]]:
    part: list[str] = []
    for word in words:
        if word == "the" and part and part[-1] in NOUNS:  # "not that one the green one"
            yield part
            part = ["the"]
        elif word in (",", "but", "not", "dont"):
            if part:
                yield part
            part = ["not"] if word in ("not", "dont") else []
        elif word not in ("please", "now", "thanks", "still"):
            part.append(word)
    if part:
        yield part


def _named(words: list[str]) -> tuple[list[str], Relation | None, Named] | None:
    for start in range(min(len(words), 12)):
        named = read_name(words[start:])
        if named is None:
            continue
        for cut in range(start + 1):
            match = _RELATION.fullmatch(" ".join(words[cut:start]))
            if (match or cut == start) and _BEFORE.issuperset(words[:cut]):
                where = _RELATIONS[match.lastgroup or ""] if match else None
                return words[:cut], where, named
    return None


def resolve(
    choice: Choice, scene: Scene, subtask: Subtask | None, rest: Sequence[Subtask] = (), viewpoint_yaw: float = 0.0
) -> Chosen:
    """What ``choice`` means for the subtask under way and the ``rest`` of the plan that follows it."""
    wanted = choice.wanted or Named("another one", other=True)
    put = next((s for s in (subtask, *rest) if s is not None and s.verb is Verb.PLACE), None)
    if choice.place is not None and choice.relation is not None:
        thing = resolve(replace(choice, relation=None, place=None), scene, subtask, rest, viewpoint_yaw)
        kind = "bowl" if choice.relation is Relation.IN else None
        there = matching(choice.place, scene, kind=kind, viewpoint_yaw=viewpoint_yaw)
        same = put is not None and put.reference_id in {o.id for o in there}
        if (same and _goes(put, choice.relation, viewpoint_yaw)) or thing.target is None:
            return thing
        place = _among(choice.place, None, there, scene, kind)
        if place.target is None:
            return place
        return Chosen(instruction=f"put the {thing.target.name} {choice.relation} the {place.target.name}")
    if choice.relation is not None and (choice.puts or not _goes(put, choice.relation, viewpoint_yaw)):
        return _new_place(choice.relation, wanted, scene, subtask, put, viewpoint_yaw)
    roles = list(_roles(subtask, rest, choice))
    if not roles:
        return _among(wanted, None, matching(wanted, scene, viewpoint_yaw=viewpoint_yaw), scene)
    in_plan = {role for role, _ in roles}
    first: Chosen | None = None
    for role, kind in roles:
        if wanted.kind is not None and kind is not None and wanted.kind != kind:
            continue
        without = in_plan if wanted.other or not (wanted.color or wanted.side) else ()
        if choice.unwanted is not None and choice.unwanted.color is not None:
            unwanted = matching(choice.unwanted, scene, kind=kind)
            if choice.wanted is None and all(o.id != role for o in unwanted):
                continue
            without = {*without, *(o.id for o in unwanted)}
        found = matching(wanted, scene, kind=kind, without=without, viewpoint_yaw=viewpoint_yaw)
        chosen = _among(wanted, role, found, scene, kind)
        if chosen.target is not None:
            return chosen
        first = first or chosen
    if first is None:
        return _among(wanted, None, matching(wanted, scene, viewpoint_yaw=viewpoint_yaw), scene)
    return first


def _roles(subtask: Subtask | None, rest: Sequence[Subtask], choice: Choice) -> Iterator[tuple[str, str | None]]:
    """Ids in the plan that may be meant, likeliest first: what the arm is at, then what comes next."""
    for step in (s for s in (subtask, *rest) if s is not None):
        reference = step.reference_id if step.reference_id != step.object_id else None
        if reference is not None and step.reference_name is not None:
            yield reference, step.reference_name.split()[-1]
        if choice.relation is None:
            yield step.object_id, step.object_name.split()[-1]


def _among(
    wanted: Named, replaces: str | None, found: list[SceneObject], scene: Scene, kind: str | None = None
) -> Chosen:
    if not found:
        return Chosen(problem=unseen(wanted, scene, kind), options=tuple(dict.fromkeys(o.name for o in scene.objects)))
    if len(found) > 1:
        return Chosen(problem=f"which one: {names(found)}?", options=tuple(o.name for o in found))
    return Chosen(found[0], replaces)


def _goes(put: Subtask | None, said: Relation, viewpoint_yaw: float) -> bool:
    """Whether ``put`` puts its thing in the relation ``said`` by somebody who looks along ``viewpoint_yaw`` rad."""
    return put is not None and put.relation is not None and turned(put.relation, viewpoint_yaw) is said


def _new_place(
    relation: Relation, wanted: Named, scene: Scene, subtask: Subtask | None, put: Subtask | None, viewpoint_yaw: float
) -> Chosen:
    kind = "bowl" if relation is Relation.IN else None
    without = {subtask.object_id if subtask else None, put.reference_id if put and wanted.other else None}
    chosen = _among(
        wanted, None, matching(wanted, scene, kind=kind, without=without, viewpoint_yaw=viewpoint_yaw), scene
    )
    if chosen.target is None:
        return chosen
    if subtask is None:
        return Chosen(problem="put what there? Say the whole instruction")
    return Chosen(instruction=f"put the {subtask.object_name} {relation} the {chosen.target.name}")


def names_a_task(words: Sequence[str]) -> bool:
    """Whether the words look like a whole new instruction: a verb of moving things about, and a thing."""
    return bool(W.TASK_VERBS.intersection(words)) and bool(
        _THINGS.intersection(words) or W.EVERYTHING.intersection(words)
    )


def instruction_in(text: str, subtask: Subtask | None) -> str:
    """``text`` as an instruction of its own: no "no, …" before, no "instead" after, "it" called by its name."""
    text = " ".join(text.split())
    lead_in = _LEAD_IN.match(text)
    text = text[lead_in.end() if lead_in else 0 :].rstrip(_MARKS)
    for word in ("instead", "rather"):
        if text.lower().endswith(f" {word}"):
            text = text[: -len(word)].rstrip(_MARKS)
    it = re.search(r"\b(?:it|that|this)\b(?! (?:one|block|bowl)\b)", text, flags=re.IGNORECASE)
    if subtask is not None and it and not _THINGS.intersection(text[: it.start()].lower().split()):
        text = f"{text[: it.start()]}the {subtask.object_name}{text[it.end() :]}"
    return text


_THINGS = WORDS - {"it", "other", "one", "a", "in"} - set(W.SIDE) - W.MOTION_FILLERS
