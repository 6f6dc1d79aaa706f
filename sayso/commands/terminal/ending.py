"""The end of a run in one line."""

from __future__ import annotations

from sayso.result import RunResult


def ending(result: RunResult, told: str = "", *, reasoned: bool = True) -> str:
    """The outcome in one line; ``told`` is what stands above it already, a question with its options.

    Without ``reasoned`` it leaves out why the simulator has no verdict.
    """
    if result.reply is not None:
        return result.reply
    said = {
        "done": f"done in {result.duration_s:.1f} s"
        if result.plan or result.motions
        else "done: already so at the start",
        "failed": f"failed: {result.question or 'I could not do it'}",
        "asked": "nobody answered the question"
        if told and result.question and result.question in told
        else f"question: {result.question}" + (f" [{', '.join(result.options)}]" if result.options else ""),
        "refused": f"refused: {result.refusal}",
        "stopped": f"stopped after {result.duration_s:.1f} s",
        "timeout": f"gave up after {result.duration_s:.1f} s" + (f": {result.question}" if result.question else ""),
    }[result.outcome]
    judged = {
        None: f", as the robot sees it{f' ({result.success_reason})' if reasoned else ''}",
        True: " (the simulator agrees)",
        False: " (the simulator disagrees)",
    }[result.success]
    return said + (judged if result.outcome == "done" else "")
