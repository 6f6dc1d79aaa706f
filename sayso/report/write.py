"""Writes the files of a run's report into one folder."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from sayso.report.page import write_page
from sayso.report.timeline import write_timeline
from sayso.report.trace import Trace
from sayso.report.video import write_video
from sayso.result import RunResult


def report_files(folder: Path, result: RunResult, trace: Trace) -> dict[str, Callable[[], Path | None]]:
    """The writers of the report's files by name, in order: "result", "video", "timeline", "report".

    Each returns its path, None for a video without a film, and raises `UserError` for what cannot be written.
    """
    return {
        "result": lambda: result.write(folder),
        "video": lambda: write_video(folder, result, trace),
        "timeline": lambda: write_timeline(folder, result, trace),
        "report": lambda: write_page(folder, result),
    }


def write_report(folder: Path, result: RunResult, trace: Trace) -> dict[str, Path]:
    """Write ``result.json``, ``video.mp4`` (if there is a film), ``timeline.png`` and ``report.html`` into ``folder``.

    Returns their paths by name. Raises `UserError` for what cannot be written.
    """
    written = {name: write() for name, write in report_files(folder, result, trace).items()}
    return {name: path for name, path in written.items() if path is not None}
