"""Writes the files of a run's report into one folder."""

from __future__ import annotations

from pathlib import Path

from sayso.report.page import write_page
from sayso.report.timeline import write_timeline
from sayso.report.trace import Trace
from sayso.report.video import write_video
from sayso.result import RunResult


def write_report(folder: Path, result: RunResult, trace: Trace) -> dict[str, Path]:
    """Write ``result.json``, ``video.mp4`` (if there is a film), ``timeline.png`` and ``report.html`` into ``folder``.

    Returns their paths by name: "result", "video", "timeline", "report". Raises `UserError` for what cannot be written.
    """
    out = {"result": result.write(folder)}
    video = write_video(folder, result, trace)
    if video is not None:
        out["video"] = video
    out["timeline"] = write_timeline(folder, result, trace)
    out["report"] = write_page(folder, result)
    return out
