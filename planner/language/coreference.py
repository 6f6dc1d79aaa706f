"""Coreference: the objects of "the red one", "it", "the others" and "all the blocks", given the earlier clauses."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from sayso.perception.scene import SceneObject
from sayso.planner.language.grounding import Unresolved, absent, fitting, listed, names, several, the
from sayso.planner.language.reading import ANY, COLOR_WORDS, SAME, TABLE, Action, Clause, Mention, Quantity, Role
from sayso.planner.language.symbolic_state import Surroundings, is_container, is_fixed
from sayso.planner.plan import Question, Refusal

PRONOUNS = (Quantity.IT, Quantity.THEM)


class Discourse:
    """The discourse so far: ``objects`` of each clause, their ``places``, and forbidden (``spared``) ids."""

    def __init__(self, around: Surroundings, last_moved: str | None) -> None:
        self.around = around
        self.objects: list[list[SceneObject]] = []
        self.places: list[SceneObject] = []
        self.spared: set[str] = set()
        self._last_moved = around.scene.find(last_moved)

    def spare(self, mentions: Iterable[Mention]) -> None:
        """Record that these objects must not be touched."""
        self.spared |= {o.id for m in mentions for o in fitting(m, self.around.scene.objects)}

    def objects_of(self, clause: Clause) -> tuple[list[SceneObject], bool]:
        """The objects of a clause, and whether they form an unordered group. Raises `Unresolved`."""
        said = clause.having(Role.OBJECT)
        if not said:
            return self._antecedent(clause), False
        references = [self._candidates(m, clause.action) for m in clause.having(Role.REFERENCE)]
        avoid = {found[0].id for found in references if len(found) == 1}
        avoid |= {o.id for m in clause.having(Role.EXCEPT) for o in fitting(m, self.around.scene.objects)}
        sources = {self._one(m, set(), clause.action).id for m in clause.having(Role.SOURCE) if m.kind != TABLE}
        out: list[SceneObject] = []
        for mention in said:
            out += self._things(mention, clause, avoid | {o.id for o in out}, sources, alone=len(said) == 1)
        if not out:
            raise Unresolved(Refusal(f"I cannot do '{clause.text}' with a thing and itself."))
        group = len(said) == 1 and said[0].is_group
        self.objects.append(self.around.in_order(out) if group else out)
        return self.objects[-1], group

    def references_of(self, clause: Clause, thing: SceneObject, avoid: Iterable[SceneObject]) -> list[SceneObject]:
        """The references of a clause for one of its objects. Raises `Unresolved`."""
        out: list[SceneObject] = []
        for mention in clause.having(Role.REFERENCE):
            if mention.color == SAME:
                mention = replace(mention, colors=dict.fromkeys(COLOR_WORDS, 0.0) | dict(thing.colors))
            out.append(self._one(mention, {o.id for o in (*avoid, *out)}, clause.action))
        self.places += out[:1]
        return out

    def _antecedent(self, clause: Clause) -> list[SceneObject]:
        if self.objects:
            return self.objects[-1]
        thing = self.around.in_hand or self._last_moved
        if thing is None:
            raise Unresolved(Question(f"'{clause.text}': what do you mean?", names(self.around.movable)))
        self.objects.append([thing])
        return [thing]

    def _things(
        self, mention: Mention, clause: Clause, avoid: set[str], sources: set[str], *, alone: bool
    ) -> list[SceneObject]:
        if mention.quantity is Quantity.HELD:
            if self.around.in_hand is None:
                raise Unresolved(Question("I am holding nothing. What do you mean?", names(self.around.movable)))
            return [self.around.in_hand]
        if mention.quantity is Quantity.IT:
            return self._antecedent(clause)
        if mention.quantity is Quantity.THEM:
            groups = [g for g in self.objects if len(g) > 1]
            each = list({o.id: o for g in self.objects for o in g}.values())
            return groups[-1] if groups else each or self._antecedent(clause)
        seen = fitting(mention, self.around.scene.objects)
        movable = [o for o in seen if not is_fixed(o)]
        if seen and not movable:
            raise Unresolved(
                Refusal(f"I cannot pick up {the(seen)}: too wide for my gripper. I can pick up blocks only.")
            )
        if mention.quantity in (Quantity.ANOTHER, Quantity.REST):
            avoid = avoid | {o.id for g in self.objects for o in g}
        if sources:
            movable = [o for o in movable if self.around.under.get(o.id) in sources]
        free = [o for o in movable if o.id not in avoid | self.spared]
        if free:
            return self._choose(mention, free, placing=clause.action is not Action.PICK)
        if any(o.id in self.spared for o in movable):
            raise Unresolved(
                Question(f"You also told me to leave {the(movable)} alone. Shall I move it?", ("yes", "no"))
            )
        if movable and not alone:
            return []
        if movable and mention.quantity in (Quantity.THE, Quantity.ANY):
            raise Unresolved(Refusal(f"I cannot put {the(movable)} in, on or beside itself."))
        raise absent(mention, self.around.scene, self.around.movable)

    def _choose(self, mention: Mention, free: list[SceneObject], *, placing: bool) -> list[SceneObject]:
        count = mention.number
        if len(free) == count or (mention.quantity in (Quantity.ALL, Quantity.REST) and count == 1):
            return free
        if len(free) < count:
            raise Unresolved(Question(f"I see only {the(free)}. Which ones do you mean?", names(free)))
        if mention.quantity is Quantity.ANY:
            return self.around.in_order(free)[:count]
        known = {o.id for g in self.objects for o in g}
        last = self.objects[-1][0].kind if self.objects and self.objects[-1] else None
        for narrower in (
            [o for o in free if placing and o.id == self.around.held],
            [o for o in free if o.id in known],
            [o for o in free if mention.kind == ANY and o.kind == last],
        ):
            if len(narrower) == count:
                return narrower
        raise several(mention, free)

    def _candidates(self, mention: Mention, action: Action) -> list[SceneObject]:
        """Candidates for a reference; without a named kind, the objects that the action allows."""
        found = fitting(mention, self.around.scene.objects)
        if mention.kind == ANY and action in (Action.IN, Action.ON, Action.STACK):
            return [o for o in found if is_container(o) == (action is Action.IN)] or found
        return found

    def _one(self, mention: Mention, avoid: set[str], action: Action) -> SceneObject:
        """The one object of a reference or a source. Raises `Unresolved`."""
        if mention.quantity in (*PRONOUNS, Quantity.HELD):
            return self._earlier(mention, avoid, action)
        found = self._candidates(mention, action)
        if mention.quantity is Quantity.ANOTHER:
            found = [o for o in found if o not in self.places] or found
        free = [o for o in found if o.id not in avoid]
        spared = [o for o in free if is_container(o) and o.id in self.spared]
        if spared and len(spared) == len(free):
            raise Unresolved(Question(f"You also told me to leave {the(spared)} alone. Shall I use it?", ("yes", "no")))
        free = [o for o in free if o not in spared]
        if not free:
            if found:
                raise Unresolved(Refusal(f"I cannot put {the(found)} in, on or beside itself."))
            others = [
                o for o in self.around.scene.objects if o.id not in avoid and is_container(o) == (action is Action.IN)
            ]
            raise absent(mention, self.around.scene, others)
        if mention.quantity is Quantity.ANY:
            return self.around.in_order(free)[0]
        known = [o for o in free if o in self.places]
        if len(free) > 1 and len(known) != 1:
            raise several(mention, free)
        return free[0] if len(free) == 1 else known[0]

    def _earlier(self, mention: Mention, avoid: set[str], action: Action) -> SceneObject:
        spoken: Sequence[SceneObject] = [*self.places, *(o for g in self.objects for o in g)]
        fit = [o for o in spoken if o.id not in avoid and is_container(o) == (action is Action.IN)]
        fit = fit or [o for o in spoken if o.id not in avoid and action is not Action.IN]
        if not fit:
            others = [
                o
                for o in self.around.scene.objects
                if o.id not in avoid and (action is not Action.IN or is_container(o))
            ]
            raise Unresolved(
                Question(f"What do you mean by '{mention.text}': {listed(names(others), 'or')}?", names(others))
            )
        return fit[-1]
