"""The memory of a session: its turns, and the entries that outlive it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Protocol, TypeVar

from sayso.perception.looks.book import key_of
from sayso.perception.looks.recognition import DOUBTFUL
from sayso.perception.scene import LIKELY_NAME, Scene, SceneObject
from sayso.planner.interpreter.discourse import NOTHING_RECALLED, Origin, Recalled
from sayso.planner.memory.entries import AnyEntry, Done, Habit, Moved, Named, Preferred, Seen, Standing, Tip, written
from sayso.planner.memory.recall import recalled
from sayso.planner.memory.trail import Move, Trail, origin_of
from sayso.planner.plan import Subtask, Verb
from sayso.planner.task.english import plainly, without_ids
from sayso.planner.task.english import said as said_in_words
from sayso.planner.task.text import parse, write
from sayso.planner.task.values import Constraint, Rule, Task, Thing, Undo

FRESH = timedelta(minutes=10)
"""What was done longer ago is not what "it", "again" and "undo" mean in another session."""
MOST_DONE, MOST_SEEN, MOST_TIPS = 200, 100, 50
_CIRCUMSTANCES = re.compile(r"(?<=[.?!]) (?:I still hold the|Unusual here:)")
E = TypeVar("E", Named, Standing, Preferred, Done, Seen, Tip, Habit)


class Store(Protocol):
    """Where entries outlive a session."""

    def changed(self) -> list[AnyEntry] | None:
        """All entries, oldest first; None if they are as they were at the last call."""
        ...

    def keep(self, added: Sequence[AnyEntry], removed: Sequence[AnyEntry]) -> None:
        """Store new entries and remove old ones."""
        ...


class Looks(Protocol):
    """How named things look, by which the cameras recognize them elsewhere and on other tables."""

    def known(self) -> Sequence[tuple[str, str]]:
        """Each name, and the color and kind of its thing."""
        ...

    def teach(self, thing: SceneObject, name: str, again: bool) -> None:
        """Keep how ``thing`` looks now; ``again``: one more look of the thing that has the name already."""
        ...

    def forget(self, name: str) -> None:
        """Remove a name, if there is one."""
        ...


@dataclass
class Turn:
    """One instruction: as it was ``said``, and the text of it that made a plan.

    ``scene`` is what was seen when it came, ``steps`` its first plan, ``moves`` what was lifted for it, in order.
    ``undoes`` are the turns that it takes back, the newest first, ``about`` is the one that it does again, ``recalled``
    what was remembered when it came, ``once`` whether rules do not hold for it, ``by_memory`` whether ``text`` is the
    memory's reading, ``by_arm`` whether the arm alone was moved, ``why`` it was not done. ``task`` is None until
    somebody asks for it. ``here`` is the point (x, y) m that the person pointed at. ``swapped``: a person has put
    another thing in the place of one of the plan.
    """

    said: str
    scene: Scene
    text: str | None = None
    once: bool = False
    by_memory: bool = False
    by_arm: bool = False
    steps: tuple[Subtask, ...] = ()
    task: Task | None = None
    moves: list[Move] = field(default_factory=list)
    outcome: str | None = None
    why: str = ""
    undone: bool = False
    undoes: list[Turn] = field(default_factory=list)
    recalled: Recalled = NOTHING_RECALLED
    about: Turn | None = None
    spoken: tuple[str, ...] = ()
    here: tuple[float, float] | None = None
    swapped: bool = False

    @property
    def told(self) -> str:
        """What the robot did, in the person's words; in its own if a person has named another thing since."""
        return said_in_words(without_ids(self.task)) if self.swapped and self.task is not None else plainly(self.said)

    @property
    def handled(self) -> tuple[str, ...]:
        """Ids of what was moved or was to be moved, each once, in order; else of what was spoken of."""
        ids = [m.id for m in self.moves] or [s.object_id for s in self.steps if s.object_id]
        return tuple(dict.fromkeys(ids)) or self.spoken

    @property
    def places(self) -> tuple[str, ...]:
        """Ids of the things in or by which something was put."""
        to = (s.reference_id for s in self.steps if s.verb is Verb.PLACE and s.reference_id != s.object_id)
        return tuple(dict.fromkeys(i for i in to if i is not None))


def now_here() -> datetime:
    """The time with its zone, to the second."""
    return datetime.now().astimezone().replace(microsecond=0)


class Memory:
    """Everything remembered on the table of ``robot``.

    ``store`` has the entries of earlier sessions and gets the new ones; None: this session is remembered only.
    ``clock`` gives the time with its zone. ``looks``, which a session sets, are those of named things.
    """

    looks: Looks | None = None

    def __init__(self, robot: str = "", store: Store | None = None, clock: Callable[[], datetime] = now_here) -> None:
        self.robot, self._store, self.clock = robot, store, clock
        self.entries: list[AnyEntry] = []
        self.session_rules: list[Standing] = []
        self.session_preferences: list[Preferred] = []
        self._before: list[Turn] | None = None  # the turns of an earlier session
        self.clear()
        self._reload()

    def clear(self) -> None:
        """Forget what was done in this session: its things are gone."""
        self.turns: list[Turn] = []
        self.trail = Trail()
        self._ids: dict[str, str] = {}  # of named things, by key
        self._known: dict[str, tuple[str, tuple[float, float]]] = {}  # names and places of things, by id

    def _reload(self) -> None:
        """Take up what a person has changed in the store."""
        entries = self._store.changed() if self._store is not None else None
        if entries is not None:
            self.entries = entries

    # What happens ------------------------------------------------------------------------------------------------

    def turn(self, said: str, scene: Scene, here: tuple[float, float] | None = None) -> Turn:
        """The turn of an instruction: the present one, or a new one if it is another or the last one has ended.

        ``here`` is the point (x, y) m that the person points at.
        """
        now = self.turns[-1] if self.turns else None
        if now is None or now.outcome is not None or (now.said, now.here) != (said, here):
            self._reload()
            self._revive(scene)
            if now is not None and now.outcome is None:
                self._collect(now)
                now.outcome = "changed"
            now = Turn(said, scene, here=here)
            self.turns.append(now)
        return now

    def ended(self, outcome: str, scene: Scene | None, why: str = "", task: Task | None = None) -> None:
        """The instruction has ended; ``why`` it was not done, ``task`` what it came to."""
        now = self.turns[-1] if self.turns else None
        if now is None or now.outcome is not None or scene is None:
            return
        self._collect(now)
        now.outcome, now.why, now.task = outcome, why, now.task or task
        lifted = {move.id for move in now.moves}
        for turn in now.undoes:
            turn.undone = turn.undone or outcome == "done" or lifted >= {move.id for move in turn.moves}
        self._known |= {o.id: (o.name, _point(o)) for o in scene.objects}
        added, removed = self._seen(scene)
        if now.steps or now.moves:
            added.append(self._done(now, outcome, scene))
            if why and outcome in ("failed", "timeout"):
                tip = Tip(when=self.clock(), text=in_short(why), said=now.said, robot=self.robot)
                removed += [
                    t for t in self.of(Tip) if tip == t.model_copy(update={"when": tip.when, "text": in_short(t.text)})
                ]
                added.append(tip)
        self.change(added, [*removed, *self._surplus(added)])

    def moved_alone(self, said: str, scene: Scene, outcome: str) -> None:
        """The arm alone was moved as a person ``said``: no thing was, and "again" and "undo" mean what came before."""
        now = self.turn(said, scene)
        now.by_arm, now.outcome = True, outcome

    def change(self, added: Sequence[AnyEntry], removed: Sequence[AnyEntry] = ()) -> None:
        """Add and remove entries, here and where they are stored."""
        gone = [entry for entry in removed if entry in self.entries]
        self.entries = [entry for entry in self.entries if entry not in gone] + list(added)
        if self._store is not None and (added or gone):
            self._store.keep(added, gone)

    def _collect(self, turn: Turn) -> None:
        turn.moves += self.trail.moves
        self.trail.moves = []

    def _seen(self, scene: Scene) -> tuple[list[AnyEntry], list[AnyEntry]]:
        """What is seen now, and the entries of the same things."""
        there = {o.name for o in scene.objects}
        old: list[AnyEntry] = [e for e in self.seen if e.thing in there]
        new: list[AnyEntry] = []
        for thing in scene.objects:
            origin = origin_of(thing.id, scene)
            below = scene.find(origin.below) if origin is not None else None
            new.append(Seen(when=self.clock(), thing=thing.name, at=_point(thing), inside=_name(below),
                            robot=self.robot))  # fmt: skip
        for entry in self.names:
            found = scene.find(self._ids.get(key_of(entry.name)))
            if found is not None and _point(found) != entry.at:
                old.append(entry)
                new.append(entry.model_copy(update={"at": _point(found)}))
        return new, old

    def _done(self, turn: Turn, outcome: str, scene: Scene) -> Done:
        moved = []
        for move in turn.moves:
            thing, below = scene.find(move.id), turn.scene.find(move.origin.below) or scene.find(move.origin.below)
            x, y = move.origin.point
            now = _point(thing) if thing is not None else (round(x, 3), round(y, 3))
            moved.append(Moved(thing=move.name, was=(round(x, 3), round(y, 3)), was_in=_name(below), now=now))
        task = write(turn.task) if turn.task is not None else None
        return Done(when=self.clock(), said=turn.said, task=task, outcome=outcome, moved=tuple(moved), robot=self.robot)

    def _surplus(self, added: Sequence[AnyEntry]) -> list[AnyEntry]:
        """The oldest entries of which there are too many."""
        out: list[AnyEntry] = []
        for kind, most in ((Done, MOST_DONE), (Seen, MOST_SEEN), (Tip, MOST_TIPS)):
            have = [e for e in self.entries if isinstance(e, kind)]
            out += have[: max(0, len(have) + sum(isinstance(e, kind) for e in added) - most)]
        return out

    # What is remembered ------------------------------------------------------------------------------------------

    def of(self, kind: type[E]) -> list[E]:
        """The entries of one kind, oldest first."""
        return [entry for entry in self.entries if isinstance(entry, kind)]

    @property
    def names(self) -> list[Named]:
        """The names given on this robot's table, and those that are known by looks alone."""
        here = [e for e in self.of(Named) if e.robot == self.robot]
        keys = {key_of(e.name) for e in here}
        looks = self.looks.known() if self.looks is not None else ()
        return here + [
            Named(when=self.clock(), name=name, thing=thing, at=(0.0, 0.0), robot=self.robot)
            for name, thing in looks
            if key_of(name) not in keys
        ]

    @property
    def seen(self) -> list[Seen]:
        """What was seen on this robot's table."""
        return [e for e in self.of(Seen) if e.robot == self.robot]

    @property
    def rules(self) -> list[Standing]:
        """All rules in force, oldest first."""
        return [*self.of(Standing), *self.session_rules]

    @property
    def preferences(self) -> list[Preferred]:
        """All preferences in force, the newest first."""
        return [*self.of(Preferred), *self.session_preferences][::-1]

    @property
    def habits(self) -> list[Habit]:
        """What people said to the moving arm in like circumstances, oldest first."""
        return self.of(Habit)

    @property
    def standing(self) -> list[tuple[Standing, Constraint]]:
        """Every constraint of the rules in force, with the rule."""
        return [(rule, c) for rule in self.rules for c in parse(rule.rule, Rule).constraints]

    @property
    def past(self) -> list[Turn]:
        """The turns that have ended, oldest first, those of an earlier session that are fresh among them."""
        return [t for t in [*(self._before or ()), *self.turns] if t.outcome is not None]

    @property
    def is_busy(self) -> bool:
        """Whether an instruction with a plan has not ended."""
        return bool(self.turns) and self.turns[-1].outcome is None and bool(self.turns[-1].steps)

    @property
    def last(self) -> Turn | None:
        """The last turn that had a plan and is not an undo."""
        return next((t for t in reversed(self.past) if not t.undoes and (t.steps or t.moves or t.task)), None)

    @property
    def undoable(self) -> list[Turn]:
        """The turns that moved something and were not undone, the newest first."""
        return [t for t in reversed(self.past) if t.moves and not t.undone and not t.undoes]

    @property
    def broken_off_untouched(self) -> str | None:
        """The thing of the turn before this one, if that was given up before it had moved anything; else None."""
        before = self.turns[-2] if len(self.turns) > 1 else None
        if before is None or before.outcome != "changed" or before.moves:
            return None
        return next((f"the {step.object_name}" for step in before.steps if step.object_name), None)

    def taken_back(self, things: int | None) -> list[Turn]:
        """The turns to undo, the newest first, to put back so many things; None: all that there are."""
        out: list[Turn] = []
        for turn in self.undoable:
            if things is not None and len({m.id for t in out for m in t.moves}) >= things:
                break
            out.append(turn)
        return out

    def named(self, scene: Scene) -> Mapping[str, list[SceneObject]]:
        """What each name means in ``scene``: one thing, several where that is in doubt, none if it is not seen."""
        out: dict[str, list[SceneObject]] = {}
        for entry in self.names:
            key = key_of(entry.name)
            found = self._found(entry, scene)
            if len(found) == 1 and not self.doubts(entry.name, found[0]):
                self._ids[key] = found[0].id
            out[key] = found
        return out

    def _found(self, entry: Named, scene: Scene) -> list[SceneObject]:
        """The things that may have a name: what looks like it, else what it was, else what is like it and was there."""
        key = key_of(entry.name)
        likely = {o.id: sure for o in scene.objects if (sure := _taught(o, key)) is not None}
        best = max(likely, key=lambda i: likely[i], default=None)
        tracked = scene.find(self._ids.get(key))
        if tracked is not None and (best in (None, tracked.id) or likely[best] < LIKELY_NAME):
            return [tracked]
        if best is not None and likely[best] >= LIKELY_NAME:
            return [o for o in scene.objects if o.id == best]
        alike = [o for o in scene.objects if likely.get(o.id, 0.0) >= DOUBTFUL]
        if alike or entry not in self.entries:
            return alike
        # What was looked at does not look like it.
        rest = replace(scene, objects=tuple(o for o in scene.objects if o.id not in likely))
        return recalled(entry.thing, entry.at, rest)

    def doubts(self, name: str, thing: SceneObject) -> bool:
        """Whether ``thing`` looks only perhaps like what has this name, and was not known by it so far."""
        sure, key = _taught(thing, key_of(name)), key_of(name)
        return sure is not None and sure < LIKELY_NAME and self._ids.get(key) != thing.id

    def recall(self, scene: Scene) -> Recalled:
        """What the interpreter of tasks needs of the past, in ids of ``scene``."""
        turns = [t for t in self.past if t.handled]
        held = [(scene.held,)] if scene.held is not None else []
        origins = {move.id: move.origin for t in turns for move in reversed(t.moves)}
        return Recalled(
            names=self._names(scene),
            before=[*(tuple(self._now(i, scene) for i in t.handled) for t in turns), *held],
            places=[tuple(self._now(i, scene) for i in t.places) for t in turns],
            standing=[constraint for _, constraint in self.standing],
            preferred=[parse(p.thing, Thing) for p in self.preferences],
            origins={self._now(i, scene): self._origin(origin, scene) for i, origin in origins.items()},
        )

    def _names(self, scene: Scene) -> dict[str, str]:
        """Ids of the named things that are seen, by name with and without "my"."""
        named = self.named(scene)
        seen = {k: f[0].id for k, f in named.items() if len(f) == 1 and not self.doubts(k, f[0])}
        whole = {e.name.casefold(): seen[key_of(e.name)] for e in self.names if key_of(e.name) in seen}
        return whole | seen

    def back(self, turns: Sequence[Turn], scene: Scene) -> list[tuple[str, Origin]]:
        """The things of ``scene`` to move, in order, to undo ``turns``, the newest first."""
        moves = [move for turn in turns for move in reversed(turn.moves)]
        return [(self._now(m.id, scene), self._origin(m.origin, scene)) for m in moves]

    def _now(self, object_id: str, scene: Scene) -> str:
        """The id in ``scene`` of a thing that was known by ``object_id``: what was lost from sight gets a new one."""
        if scene.find(object_id) is not None or object_id not in self._known:
            return object_id
        found = recalled(*self._known[object_id], scene)
        return found[0].id if len(found) == 1 else object_id

    def _origin(self, origin: Origin, scene: Scene) -> Origin:
        return origin if origin.below is None else replace(origin, below=self._now(origin.below, scene))

    def tips_for(self, said: str) -> list[str]:
        """What earlier runs of the same instruction and people have to say to it, newest first."""
        tips = [t for t in self.of(Tip) if t.robot in ("", self.robot) and t.said.casefold() == said.casefold()]
        return list(dict.fromkeys(in_short(t.text) for t in reversed(tips)))

    def snapshot(self) -> tuple[str, ...]:
        """The lines of the entries that may change a plan of the next instruction."""
        fresh = [e for e in self.of(Done) if e.robot == self.robot and self.is_fresh(e)]
        plain: list[AnyEntry] = [*self.names, *self.of(Standing), *self.of(Preferred), *self.habits, *fresh]
        return tuple(written(entry) for entry in self.entries if entry in plain)

    def is_fresh(self, entry: Done) -> bool:
        """Whether "it", "again" and "undo" may mean what was done then."""
        return self.clock() - entry.when <= FRESH

    # What people tell --------------------------------------------------------------------------------------------

    def give_name(self, thing: SceneObject, name: str) -> str:
        """Remember ``name`` for a thing; a name belongs to one thing. Returns what changed, in words."""
        key = key_of(name)
        old = [e for e in self.names if key_of(e.name) == key]
        again = self._ids.get(key) == thing.id or (_taught(thing, key) or 0.0) >= LIKELY_NAME
        self._ids[key] = thing.id
        if self.looks is not None:
            self.looks.teach(thing, name, again)
        new = Named(when=self.clock(), name=name, thing=thing.name, at=_point(thing), robot=self.robot)
        self.change([new], old)
        was = f", no longer the {old[0].thing}" if old and old[0].thing != thing.name else ""
        return f"I call the {thing.name} {name}{was}"

    def new_in(self, scene: Scene) -> SceneObject | None:
        """The one thing without a name that was not there at the last instruction; None if there is not just one."""
        before = self.turns[-2].scene if len(self.turns) > 1 else None
        if before is None:
            return None
        named = {o.id for found in self.named(scene).values() for o in found}
        new = [o for o in scene.objects if before.find(o.id) is None and o.id not in named and not o.held]
        return new[0] if len(new) == 1 else None

    def know_by(self, key: str, object_id: str) -> None:
        """The thing with this id is the one whose name has the ``key``."""
        self._ids[key] = object_id

    def keep_rule(self, rule: Rule, said: str, for_good: bool) -> None:
        """Hold a rule from now on, ``for_good`` beyond this session."""
        entry = Standing(when=self.clock(), said=said, rule=write(rule))
        if any(e.rule == entry.rule for e in self.of(Standing)):
            return
        self.session_rules = [e for e in self.session_rules if e.rule != entry.rule]
        if for_good:
            self.change([entry])
        else:
            self.session_rules.append(entry)

    def keep_preference(self, thing: Thing, said: str, for_good: bool) -> None:
        """Prefer a thing from now on, ``for_good`` beyond this session."""
        entry = Preferred(when=self.clock(), said=said, thing=write(thing))
        self.session_preferences = [e for e in self.session_preferences if e.thing != entry.thing]
        old = [e for e in self.of(Preferred) if e.thing == entry.thing]
        if for_good:
            self.change([entry], old)
        else:
            self.session_preferences.append(entry)

    def forget(self, entries: Iterable[AnyEntry]) -> None:
        """Forget entries, those of this session too."""
        gone = list(entries)
        self.session_rules = [e for e in self.session_rules if e not in gone]
        self.session_preferences = [e for e in self.session_preferences if e not in gone]
        for entry in gone:
            if isinstance(entry, Named):
                self._ids.pop(key_of(entry.name), None)
                if self.looks is not None:
                    self.looks.forget(entry.name)
        self.change([], gone)

    # Another session's turns -------------------------------------------------------------------------------------

    def _revive(self, scene: Scene) -> None:
        """Take up the fresh turns of an earlier session, once, as far as ``scene`` shows their things."""
        if self._before is not None:
            return
        self._before = []
        for entry in self.of(Done):
            if entry.robot == self.robot and self.is_fresh(entry):
                turn = _revived(entry, scene)
                if isinstance(turn.task, Undo):
                    turn.undoes = self.undoable[:1]
                    for undone in turn.undoes:
                        undone.undone = True
                self._before.append(turn)


def _revived(entry: Done, scene: Scene) -> Turn:
    moves = []
    for moved in entry.moved:
        found = recalled(moved.thing, moved.now, scene)
        if len(found) != 1:
            continue
        below = recalled(moved.was_in, moved.was, scene) if moved.was_in is not None else []
        origin = Origin(moved.was, below[0].id if len(below) == 1 else None)
        moves.append(Move(found[0].id, found[0].name, origin))
    task = parse(entry.task, Task) if entry.task is not None else None
    return Turn(entry.said, scene, entry.said, task=task, moves=moves, outcome=entry.outcome)


def _taught(thing: SceneObject, key: str) -> float | None:
    """How sure it is that ``thing`` is the one whose taught name has this ``key``; None if its looks say nothing."""
    return next((g.sure for g in thing.given if g.source == "taught" and key_of(g.text) == key), None)


def _name(thing: SceneObject | None) -> str | None:
    return None if thing is None else thing.name


def _point(thing: SceneObject) -> tuple[float, float]:
    x, y = thing.position[:2].tolist()
    return round(x, 3), round(y, 3)


def in_short(why: str) -> str:
    """Why an instruction failed, without what was unusual and what the hand held then."""
    return _CIRCUMSTANCES.split(why, maxsplit=1)[0]
