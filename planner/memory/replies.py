"""What the robot says of what it remembers."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import numpy as np

from sayso.hardware.types import Box
from sayso.perception.scene import Scene, SceneObject
from sayso.planner.language.grounding import listed, names
from sayso.planner.language.symbolic_state import Surroundings, is_container
from sayso.planner.memory.entries import Done, Entry, Tip, seconds_since
from sayso.planner.memory.memory import Memory, Turn, key_of
from sayso.planner.reader.run_questions import AboutRun
from sayso.planner.room import area
from sayso.planner.task.english import plainly, said
from sayso.planner.task.text import parse
from sayso.planner.task.values import Thing

MOST_TOLD = 12
TOUCH_M = 0.005
"""Boxes so far apart may touch: positions are seen to some mm."""
_ENDS = {
    "done": "done", "failed": "which failed", "asked": "which I asked about", "refused": "which I refused",
    "stopped": "until I was stopped", "timeout": "which took too long", "changed": "until you said otherwise",
}  # fmt: skip


def ago(entry: Entry, now: datetime) -> str:
    """ "just now", "5 minutes ago"."""
    seconds = seconds_since(entry, now)
    for unit, length in (("day", 86400), ("hour", 3600), ("minute", 60)):
        if seconds >= length:
            n = int(seconds // length)
            return f"{n} {unit}{'s' if n > 1 else ''} ago"
    return "just now"


def whereabouts(thing: SceneObject, scene: Scene) -> str:
    """Where a seen thing is, in words."""
    if thing.held or thing.id == scene.held:
        return "in my hand"
    below = scene.find(Surroundings(scene).under.get(thing.id))
    if below is not None:
        return f"{'in' if is_container(below) else 'on'} the {below.name}"
    return _on_table(*thing.position[:2].tolist())


def _on_table(x: float, y: float, reach: Box | None = None) -> str:
    lower, upper = area(reach)
    middle, half = (lower + upper) / 2, (upper - lower) / 2
    ahead, left = (x - middle[0]) / half[0], (y - middle[1]) / half[1]
    side = "on the left" if left > 0.25 else "on the right" if left < -0.25 else ""
    depth = "far from me" if ahead > 0.25 else "near to me" if ahead < -0.25 else ""
    return ", ".join(w for w in (side, depth) if w) or "in the middle"


def where(things: list[SceneObject], scene: Scene) -> str:
    """Where each of the seen ``things`` is."""
    told = [f"the {name} is {whereabouts(o, scene)}" for name, o in zip(names(things), things, strict=True)]
    text = listed(told)
    return f"{text[:1].upper()}{text[1:]}."


def touched(thing: SceneObject, scene: Scene) -> str:
    """What a seen ``thing`` touches, as far as boxes seen tell: what it is in or on, lies in or on it, or is next to
    it."""
    under = Surroundings(scene).under
    others = [o for o in scene.objects if o.id != thing.id]
    found = [o for o in others if o.id == under.get(thing.id) or under.get(o.id) == thing.id or _meet(thing, o)]
    if not found and (thing.held or thing.id == scene.held):
        return f"The {thing.name} is in my hand."
    told = listed([f"the {name}" for name in names(found)]) if found else "nothing but the table"
    return f"As far as I see, the {thing.name} touches {told}."


def _meet(one: SceneObject, other: SceneObject) -> bool:
    """Whether the boxes of two things are at most `TOUCH_M` apart."""
    gaps = np.abs(one.position - other.position) - (one.size + other.size) / 2
    return bool(np.linalg.norm(np.maximum(gaps, 0.0)) <= TOUCH_M)


def last_seen(thing: str, memory: Memory, now: datetime) -> str | None:
    """Where a thing of this color and kind was seen last; None if it never was."""
    found = [e for e in memory.seen if e.thing == thing]
    if not found:
        return None
    entry = found[-1]
    place = f"in or on the {entry.inside}" if entry.inside else _on_table(*entry.at)
    return f"I saw the {thing} {ago(entry, now)} {place}"


def too_old(memory: Memory) -> str:
    """Why the memory has nothing to do again or to undo."""
    old = next((e for e in reversed(memory.of(Done)) if e.robot == memory.robot), None)
    if old is None or memory.past or memory.is_fresh(old):
        return ""
    return f"The last I did here was “{plainly(old.said)}”, {ago(old, memory.clock())}: that is too long ago."


def last_run(memory: Memory, about: AboutRun) -> str:
    """What a robot that does nothing says of its last run, to a question ``about`` it."""
    turn = next((t for t in reversed(memory.past) if t.steps or t.moves or t.by_arm or t.outcome != "done"), None)
    if about is AboutRun.DID or turn is None:
        return deeds(memory)
    told, why = _deed(turn), f": {turn.why}" if turn.why else "."
    match about:
        case AboutRun.DONE:
            return f"{'Yes' if turn.outcome == 'done' else 'No'}: {told}{why}"
        case AboutRun.STOPPED if turn.outcome == "done":
            return f"I have nothing more to do: {told}{why}"
        case AboutRun.STOPPED:
            return f"The last was {told}{why}"
    return f"I do nothing. The last was {told}{why}"


def reason(memory: Memory) -> str:
    """Why the last thing was done: somebody said so; and why it was not done wholly."""
    turn = next((t for t in reversed(memory.past) if t.steps or t.moves or t.by_arm), None)
    if turn is None:
        return deeds(memory)
    told = f"You said “{plainly(turn.said)}”"
    told += f", and then I was to {turn.told}" if turn.swapped else ""
    again = f", and that was “{turn.about.told}”" if turn.about is not None else ""
    ended = "" if turn.outcome == "done" else f" It ended as {_ENDS.get(turn.outcome or '', turn.outcome)}"
    return f"{told}{again}.{ended}{f': {turn.why}' if turn.why and ended else '.' if ended else ''}"


def deeds(memory: Memory) -> str:
    """What was done last."""
    turns = [t for t in memory.past if t.steps or t.moves or t.by_arm]
    if not turns:
        return too_old(memory).removesuffix(": that is too long ago.") or "I have done nothing yet."
    return "; before that: ".join(_deed(t) for t in reversed(turns[-3:])) + "."


def _deed(turn: Turn) -> str:
    return f"“{turn.told}”, {_ENDS.get(turn.outcome or '', turn.outcome)}"


def known(memory: Memory) -> str:
    """Names, rules, preferences and what a person asked to remember, in words."""
    told = [f"{e.name} is the {e.thing}" for e in memory.names]
    told += [f"you said “{e.said}”" for e in memory.rules]
    told += [f"where I could choose, {said(parse(e.thing, Thing))}" for e in memory.preferences]
    told += [e.words for e in memory.habits]
    told += [e.text for e in memory.of(Tip) if not e.said and e.robot in ("", memory.robot)]
    more = f"; and {len(told) - MOST_TOLD} more, see sayso memory" if len(told) > MOST_TOLD else ""
    text = "; ".join(told[:MOST_TOLD]) + more
    return f"{text[:1].upper()}{text[1:]}" if told else "I know no names, rules or preferences yet"


def names_of(thing: SceneObject, memory: Memory, scene: Scene) -> list[str]:
    """The names that people gave a thing."""
    known = memory.named(scene)
    return [entry.name for entry in memory.names if [o.id for o in known[key_of(entry.name)]] == [thing.id]]


def which(things: Sequence[SceneObject], of: str) -> str:
    """The question which of several a name means."""
    return f"Which one is {of}: {listed([f'the {n}' for n in names(things)], 'or')}?"
