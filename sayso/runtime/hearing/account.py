"""What the robot says of its run when a person asks: whether it is done, what it did, why it stands still."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from sayso.planner.language.grounding import listed
from sayso.planner.reader.run_questions import AboutRun
from sayso.runtime.hearing.understood import motion_in_words, planned

if TYPE_CHECKING:
    from sayso.planner.execution.supervisor import Step
    from sayso.runtime.executive import Executive

_ENDS = {"done": "done", "failed": "failed", "superseded": "left for another plan"}


def account(executive: Executive, about: AboutRun, now: float) -> str:
    """The answer of the ``executive`` to a question ``about`` its run at ``now`` s, which starts and stops nothing."""
    doing = _doing(executive, now)
    stood = executive.runtime.loop.stopped
    heard = next((h.correction.text for h in reversed(executive.log.heard) if h.correction.level == "stop"), None)
    why = "" if heard is None else f"I heard “{heard}”, so I stopped."
    match about:
        case AboutRun.DONE:
            return f"Not yet. Still to do: {doing}." if stood else f"Not yet: I {doing}."
        case AboutRun.DID:
            done = _done(executive.supervisor.steps)
            now_done = f"Still to do: {doing}." if stood else f"Now I {doing}."
            return f"So far: {done}. {now_done}" if done else f"I have finished no step yet. {now_done}"
        case AboutRun.STOPPED:
            if stood:
                return why or "I was stopped."
            return f"{why} Then I went on: I {doing}." if why else f"I was not stopped: I {doing}."
        case AboutRun.NEXT:
            later = (
                planned(executive.operator.view.told(executive.supervisor.left)) if executive.supervisor.left else ""
            )
            return f"Next {later}." if later else f"Nothing after this: I {doing}."
    return f"I stand still; still to do: {doing}." if stood else f"I {doing}."


def _doing(executive: Executive, now: float) -> str:
    """What is done now and comes then, after "I": "put the red block in the blue bowl"."""
    motion, steps = executive.override.motion(now), executive.supervisor.ahead
    if executive.dialogue.question is not None:
        return "wait for your answer"
    if executive.planning.is_busy:
        return "plan"
    if steps and steps[0].wait is not None:
        return str(steps[0])
    plan = planned(executive.operator.view.told(steps)).removeprefix("I ") if steps else ""
    said = f"{motion_in_words(motion)}, as you said" if motion is not None and not motion.is_hold else ""
    return ", then ".join(part for part in (said, plan) if part) or "come to the end"


def _done(steps: Sequence[Step]) -> str:
    """The steps that have ended, each with its end."""
    return listed([f"{s.subtask} ({_ENDS.get(s.outcome, s.outcome)})" for s in steps if s.outcome != "running"])
