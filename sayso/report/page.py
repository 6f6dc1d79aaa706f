"""The page of a run: instruction, outcome, plan, corrections, motions and measurements."""

from __future__ import annotations

from pathlib import Path

from sayso.files import write_atomic
from sayso.report.html import Content, Html, page, table, tag
from sayso.report.theme import verdict
from sayso.report.timeline import FILE_NAME as TIMELINE
from sayso.report.video import FILE_NAME as VIDEO
from sayso.result import RunResult

FILE_NAME = "report.html"
GRADES = {
    "done": "good",
    "failed": "bad",
    "timeout": "bad",
    "stopped": "operator",
    "asked": "operator",
    "refused": "operator",
}
# m; smaller changes of position count as none.
MOVED_M = 0.01


def write_page(folder: Path, result: RunResult) -> Path:
    """Write ``report.html`` into ``folder`` and return its path; it shows the video and the timeline in that folder.

    Raises `UserError` if it cannot be written.
    """
    files = [name for name in (VIDEO, TIMELINE) if (folder / name).exists()]
    return write_atomic(folder / FILE_NAME, report(result, files))


def report(result: RunResult, files: list[str]) -> str:
    """The page's HTML; ``files`` are the names of the existing video and timeline beside it."""
    parts = [*_head(result)]
    if VIDEO in files:
        parts.append(Html(f'<video src="{VIDEO}" controls muted autoplay playsinline></video>'))
    if TIMELINE in files:
        parts.append(Html(f'<figure><img src="{TIMELINE}" alt="Timeline of the run"></figure>'))
    parts += [*_plan(result), *_corrections(result), *_replans(result), *_events(result)]
    parts += [*_disturbances(result), *_motions(result)]
    parts += [*_objects(result), *_figures(result), *_models(result)]
    return page(f"{result.outcome}: {result.instruction[:80]}", parts)


def badge(text: str) -> Html:
    """An outcome as a colored badge."""
    return tag("span", text, class_=f"badge {GRADES.get(text, '')}".strip())


def _head(result: RunResult) -> list[Html]:
    facts = [f"{result.duration_s:.1f} s", f"robot {result.robot}", f"planner {result.planner}", f"seed {result.seed}"]
    parts = [badge(result.outcome), tag("h1", result.instruction)]
    parts.append(tag("p", " · ".join(filter(None, [verdict(result.success), *facts])), class_="facts"))
    if result.question is not None:
        parts.append(tag("p", result.question, class_="said"))
    if result.refusal is not None:
        parts.append(tag("p", result.refusal, class_="said"))
    return parts


def _plan(result: RunResult) -> list[Html]:
    rows = [(f"{step.t:.1f}", step.subtask, badge(step.outcome)) for step in result.plan]
    return [tag("h2", "Plan"), table(("s", "subtask", "outcome"), rows, numbers=(0,))] if rows else []


def _corrections(result: RunResult) -> list[Html]:
    rows: list[tuple[Content, ...]] = [
        (f"{c.t:.1f}", f"“{c.text}”", c.level, c.read_as, None if c.latency_ms is None else f"{c.latency_ms:.1f}")
        for c in result.corrections
    ]
    heads = ("s", "said", "level", "read as", "ms to the first changed target")
    return [tag("h2", "Corrections"), table(heads, rows, numbers=(0, 4))] if rows else []


def _replans(result: RunResult) -> list[Html]:
    heads, rows = (
        ["s", "level", "reason", "p"],
        [[f"{r.t:.1f}", r.level, r.reason, f"{r.p:.2f}"] for r in result.replans],
    )
    if any(r.remedy for r in result.replans):
        heads += ["cause", "remedy"]
        rows = [[*row, r.cause, r.remedy] for row, r in zip(rows, result.replans, strict=True)]
    return [tag("h2", "Re-planning"), table(heads, rows, numbers=(0, 3))] if rows else []


def _events(result: RunResult) -> list[Html]:
    rows = [(f"{e.t:.1f}", e.text) for e in result.events]
    return [tag("h2", "What happened to the robot"), table(("s", "what"), rows, numbers=(0,))] if rows else []


def _disturbances(result: RunResult) -> list[Html]:
    rows = [(f"{d.t:.1f}", d.name, d.what) for d in result.disturbances]
    heading = tag("h2", "What was done to the simulated world")
    return [heading, table(("s", "disturbance", "what"), rows, numbers=(0,))] if rows else []


def _motions(result: RunResult) -> list[Html]:
    if not result.motions:
        return []
    rows = [(f"{m.t:.2f}", m.text, m.source) for m in result.motions]
    classes = ["operator-row" if m.source == "operator" else "" for m in result.motions]
    listed = table(("s", "motion", "chosen by"), rows, numbers=(0,), classes=classes)
    return [tag("details", [tag("summary", f"{len(rows)} motions"), listed])]


def _objects(result: RunResult) -> list[Html]:
    if not result.sim:
        return []
    rows = []
    for name, before in result.sim["before"].items():
        after = result.sim["after"].get(name, before)
        gap = max(abs(a - b) for a, b in zip(after.position, before.position, strict=True))
        now = _position(after.position) if gap > MOVED_M else "stayed"
        rows.append((name, f"{before.color} {before.kind}", _position(before.position), now))
    heads = ("id", "object", "before, m", "after, m")
    return [tag("h2", "Objects, by the simulator's ground truth"), table(heads, rows)]


def _position(position: tuple[float, ...]) -> str:
    return ", ".join(f"{v:.3f}" for v in position)


def _figures(result: RunResult) -> list[Html]:
    names = {
        "loop_hz": "control loop, Hz",
        "policy_hz": "policy, Hz",
        "motion_hz": "motions, Hz",
        "missed": "deadlines missed",
    }
    rates = table(("rate", ""), [(names.get(k, k), v) for k, v in result.rates.items()], numbers=(1,))
    parts = [tag("div", [tag("h2", "Rates"), rates])]
    rows = [(name, p.get("p50"), p.get("p99")) for name, p in result.latency_ms.items() if p]
    if rows:
        timings = table(("computing time, ms", "median", "99 %"), rows, numbers=(1, 2))
        parts.append(tag("div", [tag("h2", "Time"), timings]))
    return [tag("div", parts, class_="columns")]


def _models(result: RunResult) -> list[Html]:
    rows = [(name, tag("code", digest)) for name, digest in result.models.items()]
    return [tag("h2", "Models"), table(("model", "digest"), rows)] if rows else []
