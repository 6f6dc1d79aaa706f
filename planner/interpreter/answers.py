"""What the robot says to an utterance that is no task: a question to it, a rule, a remark."""

from __future__ import annotations

from sayso.perception.scene import SceneObject
from sayso.planner.interpreter.conditions import holds
from sayso.planner.interpreter.grounding import Grounding
from sayso.planner.language.grounding import Unresolved, listed, the
from sayso.planner.plan import Answer, Question, Refusal, Reply
from sayso.planner.task.english import denied, said
from sayso.planner.task.values import (
    A,
    About,
    All,
    Ask,
    At,
    Condition,
    Exists,
    Held,
    Not,
    Remark,
    Rule,
    Some,
    Speed,
    Stop,
    The,
    Utterance,
    Whether,
)  # fmt: skip

ABILITIES = (
    "I can pick up things up to 7 cm wide, put them in bowls, on or beside other things or anywhere on the table, "
    "stack, sort, exchange and arrange them, point at them, move my hand and go home. I know blocks and bowls best."
)
NO_TASK = "All right. I hear no task in that; ask what I can do, or what I see."
UNCLEAR = "I do not understand that. What shall I do?"
UNSAFE = "I will not do that: it could hurt somebody or break something."
STILL = "I hold still. Tell me what to do when nobody and nothing is in danger."


def would_drop(thing: SceneObject) -> Refusal:
    """Why the hand does not open: it would drop ``thing``."""
    return Refusal(f"I would drop {the([thing])}. Say “put it down” to let go of it.")


def told(condition: Condition, ground: Grounding) -> Answer:
    """Whether ``condition`` holds, in a sentence; which thing is meant, where several fit."""
    try:
        if isinstance(condition, Exists):
            named = condition.thing
            many = All(named.noun, named.modifiers) if isinstance(named, The | A | Some) else named
            found = ground.matching(many)
            return Reply(f"Yes: {the(found)}." if found else "No, none that I see.")
        true = holds(condition, ground)
    except Unresolved as unresolved:
        return unfound(unresolved)
    if isinstance(condition, At) and not isinstance(condition.thing, The):
        return Reply("Yes." if true else "No.")
    text = denied(condition.condition) if isinstance(condition, Not) else said(condition)
    return Reply(f"Yes, {text}." if true else f"No, {denied(condition)}.")


def unfound(unresolved: Unresolved) -> Answer:
    """What is said to a question about a thing that is ``unresolved``: that there is none, or which one is meant."""
    if not isinstance(unresolved.answer, Question) or unresolved.answer.text.startswith("Which"):
        return unresolved.answer
    return Reply(f"{unresolved.answer.text.split('. ')[0]}.")


def answer_to(utterance: Utterance, ground: Grounding) -> Answer:
    """The answer to an ``utterance`` that asks for no motion, while nothing is being done."""
    scene = ground.around.scene
    match utterance:
        case Whether(condition):
            return told(condition, ground)
        case Rule(constraints):
            return Refusal(
                f"I understand: {listed([said(c) for c in constraints])}. There is nothing else for me to do."
            )
        case Ask(About.SEE | About.COUNT | About.WHERE | About.WHAT, thing) if thing is not None:
            if isinstance(thing, Held) and ground.around.in_hand is None:
                return Reply(f"I hold nothing. I see {the(scene.objects) or 'nothing'}.")
            found = ground.matching(thing)
            return Reply(f"I see {the(found)}." if found else "Nothing that I see.")
        case Ask(About.SEE | About.COUNT | About.WHERE | About.WHAT):
            return Reply(f"I see {the(scene.objects)}." if scene.objects else "I see nothing on the table.")
        case Ask(About.DOING | About.WHY):
            return Reply("I am doing nothing.")
        case Ask():
            return Reply(ABILITIES)
        case Speed():
            return Reply("I am doing nothing now: say it with an instruction, or while I work.")
        case Remark():
            return Reply(NO_TASK)
        case Stop():
            return Refusal(STILL)
    return Question(UNCLEAR)
