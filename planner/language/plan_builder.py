"""Reading and scene → answer: a plan, or the question or refusal that prevents one."""

from __future__ import annotations

from itertools import pairwise

from sayso.perception.scene import Scene, SceneObject
from sayso.planner.interpreter.answers import UNSAFE
from sayso.planner.language.coreference import PRONOUNS, Discourse
from sayso.planner.language.grounding import Unresolved, names, the
from sayso.planner.language.reading import Action, Clause, Intent, Reading, Role
from sayso.planner.language.symbolic_state import Surroundings, is_container, is_fixed
from sayso.planner.plan import Answer, Plan, Question, Refusal, Relation, Subtask, Verb
from sayso.planner.room import BESIDE_M

"""Distance of "move it left"."""
DOUBT = 0.3
"""Least probability at which a clause's second action leads to a question."""
ABILITIES = (
    "I can pick up blocks, put them in bowls or on blocks, stack them, and move them left, right, forward or back."
)
_REFUSALS = {
    Intent.UNSAFE: UNSAFE,
    Intent.UNABLE: f"I cannot do that. {ABILITIES}",
    Intent.CHAT: f"That is no task for me. {ABILITIES}",
}
_RELATIONS = {
    Action.IN: Relation.IN,
    Action.ON: Relation.ON,
    Action.STACK: Relation.ON,
    Action.LEFT: Relation.LEFT,
    Action.RIGHT: Relation.RIGHT,
    Action.FRONT: Relation.FRONT,
    Action.BEHIND: Relation.BEHIND,
}


def compose(reading: Reading, scene: Scene, done: tuple[Subtask, ...] = ()) -> Answer:
    """The plan for the rest of ``reading`` on ``scene`` after the subtasks ``done``, a question or a refusal."""
    if reading.intent is not Intent.TASK:
        return Refusal(_REFUSALS[reading.intent])
    if not scene.objects:
        return Question("I see nothing on the table. What shall I move?")
    try:
        return _Composer(scene, done).answer(reading)
    except Unresolved as stopped:
        return stopped.answer


class _Composer:
    """Turns the clauses into subtasks and simulates each on the symbolic state."""

    def __init__(self, scene: Scene, done: tuple[Subtask, ...]) -> None:
        self.around = Surroundings(scene, done)
        self.talk = Discourse(self.around, done[-1].object_id if done else None)
        self.done = list(done)
        self.steps: list[Subtask] = []

    def answer(self, reading: Reading) -> Answer:
        """The whole answer. Raises `Unresolved`."""
        tasks: list[Clause] = []
        for clause in reading.clauses:
            if clause.action is Action.FORBID:
                self.talk.spare(clause.mentions)
            else:
                tasks.append(clause)
        if not tasks:
            return Refusal("You told me what not to touch; there is nothing else for me to do.")
        for clause, following in zip(tasks, [*tasks[1:], None], strict=True):
            self._clause(clause, following)
        return Plan(tuple(self.steps))

    def _clause(self, clause: Clause, following: Clause | None) -> None:
        action = clause.action
        if action is Action.OTHER:
            raise Unresolved(Refusal(f"I cannot do this part: '{clause.text}'. {ABILITIES}"))
        second, first = sorted(clause.actions, key=lambda a: clause.actions[a])[-2:]
        alike = {first, second} == {Action.ON, Action.STACK}
        if clause.actions[second] >= DOUBT and second != Action.OTHER and not alike:
            raise Unresolved(
                Question(
                    f"I am not sure what '{clause.text}' asks for: {first} or {second}?", (str(first), str(second))
                )
            )
        objects, group = self.talk.objects_of(clause)
        if action is Action.PICK:
            self._pick_up(objects, following)
        elif action is Action.PUT:
            raise Unresolved(Question(f"Where shall I put {the(objects)}?", self._anywhere()))
        elif action in (Action.STACK, Action.ON):
            self._stack(clause, objects, group)
        elif action is Action.IN:
            for thing in objects:
                self._place(thing, Relation.IN, self._inside_of(clause, thing, objects))
        else:
            self._beside(clause, objects)

    def _pick_up(self, objects: list[SceneObject], following: Clause | None) -> None:
        if len(objects) > 1:
            # "Pick up both and put them in the bowl" is a put of each.
            said = following.having(Role.OBJECT) if following is not None else ()
            puts = following is not None and following.action in (*_RELATIONS, Action.BESIDE)
            if puts and all(m.quantity in PRONOUNS for m in said):
                return
            raise Unresolved(Question("I can hold one thing at a time. Which shall I pick up?", names(objects)))
        step = Subtask(Verb.PICK, objects[0].id, objects[0].name)
        if self.around.held != step.object_id and not self._was_done(step):
            self._pick(objects[0])

    def _inside_of(self, clause: Clause, thing: SceneObject, objects: list[SceneObject]) -> SceneObject:
        containers = self.around.containers
        references = self.talk.references_of(clause, thing, objects)
        references = references or [o for o in self.talk.places if is_container(o)][-1:]
        if not references and len(containers) == 1:
            return containers[0]
        if not references:
            raise Unresolved(Question(f"In what shall I put {the([thing])}?", names(containers)))
        if not is_container(references[0]):
            options = (f"on the {references[0].name}", *(f"in the {n}" for n in names(containers)))
            raise Unresolved(
                Question(f"{the(references).capitalize()} has no inside. Where shall I put {the([thing])}?", options)
            )
        return references[0]

    def _beside(self, clause: Clause, objects: list[SceneObject]) -> None:
        last: SceneObject | None = None
        for thing in objects:
            references = self.talk.references_of(clause, thing, objects)
            if references:
                reference = last or references[0]  # several go in a row, each beside the one before
                self._place(thing, self._relation(clause.action, thing, reference), reference, clause.distance)
                last = thing
            elif clause.action is Action.BESIDE:
                others = [o for o in self.around.scene.objects if o not in objects]
                raise Unresolved(Question(f"Beside what shall I put {the([thing])}?", names(others)))
            else:
                self._place(thing, _RELATIONS[clause.action], thing, clause.distance or BESIDE_M)

    def _relation(self, action: Action, thing: SceneObject, reference: SceneObject) -> Relation:
        if action is not Action.BESIDE:
            return _RELATIONS[action]
        past = (s for s in self.done if (s.verb, s.object_id, s.reference_id) == (Verb.PLACE, thing.id, reference.id))
        return next((s.relation for s in past if s.relation), None) or self.around.freer_side(thing, reference)

    def _stack(self, clause: Clause, objects: list[SceneObject], group: bool) -> None:
        references = self.talk.references_of(clause, objects[0], objects)
        if not references and len(objects) == 1:
            references = [o for g in self.talk.objects[:-1] for o in g if o is not objects[0]][-1:]
            if not references:
                others = [o for o in self.around.movable if o is not objects[0]]
                raise Unresolved(Question(f"On what shall I put {the(objects)}?", names(others)))
        if len(references) == 1 and is_container(references[0]):
            for thing in objects:  # what is put on an open bowl ends up in it
                self._place(thing, Relation.IN, references[0])
            return
        tower = [*references[::-1], *objects] if references else self.around.tower(objects) if group else objects
        climb = clause.action is Action.STACK or len(objects) > 1
        for below, thing in pairwise(tower):
            if is_fixed(thing):
                raise Unresolved(Refusal(f"I cannot pick up {the([thing])}: too wide for my gripper."))
            if is_container(below):
                self._place(thing, Relation.IN, below)
            else:
                self._place(thing, Relation.ON, self._top(thing, below, climb=climb))

    def _top(self, thing: SceneObject, below: SceneObject, *, climb: bool) -> SceneObject:
        """The object to put ``thing`` on: ``below``, or with ``climb`` the top of the stack on it."""
        above = self.around.above(below, thing)
        while above is not None and climb:
            below, above = above, self.around.above(above, thing)
        if above is not None:
            text = f"{the([above]).capitalize()} stands on {the([below])} already. Where shall I put {the([thing])}?"
            raise Unresolved(Question(text, (f"on the {above.name}", f"next to the {below.name}")))
        return below

    def _place(
        self, thing: SceneObject, relation: Relation, reference: SceneObject, distance: float | None = None
    ) -> None:
        step = Subtask(Verb.PLACE, thing.id, thing.name, relation, reference.id, reference.name, distance)
        if self._was_done(step) or self.around.rests(thing, reference, relation):
            return
        if self.around.held != thing.id:
            self._pick(thing)
        self._do(step)

    def _pick(self, thing: SceneObject) -> None:
        if self.around.in_hand is not None:
            text = f"I am holding {the([self.around.in_hand])}. Where shall I put it first?"
            raise Unresolved(Question(text, self._anywhere()))
        above = self.around.above(thing)
        if above is not None:
            text = f"{the([above]).capitalize()} stands on {the([thing])}. Shall I put it aside first?"
            raise Unresolved(
                Question(text, (f"move the {above.name} to the left", f"move the {above.name} to the right"))
            )
        self._do(Subtask(Verb.PICK, thing.id, thing.name))

    def _do(self, step: Subtask) -> None:
        self.steps.append(step)
        self.around.apply(step)

    def _was_done(self, step: Subtask) -> bool:
        key = (step.verb, step.object_id, step.relation, step.reference_id)
        past = next((s for s in self.done if (s.verb, s.object_id, s.relation, s.reference_id) == key), None)
        if past is not None:
            self.done.remove(past)
        return past is not None

    def _anywhere(self) -> tuple[str, ...]:
        return (*(f"in the {n}" for n in names(self.around.containers)), "to the left", "to the right")
