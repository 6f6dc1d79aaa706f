"""What the robot says to an utterance that is no task: a question to it, a rule, a remark."""

from __future__ import annotations

from sayso.perception.scene import Scene, SceneObject
from sayso.planner.language.grounding import listed, the
from sayso.planner.plan import Answer, Question, Refusal, Reply
from sayso.planner.task.english import said
from sayso.planner.task.values import About, Ask, Remark, Rule, Speed, Stop, Utterance

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


def answer_to(utterance: Utterance, scene: Scene) -> Answer:
    """The answer to an ``utterance`` that asks for no motion, while nothing is being done."""
    match utterance:
        case Rule(constraints):
            return Refusal(
                f"I understand: {listed([said(c) for c in constraints])}. There is nothing else for me to do."
            )
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
