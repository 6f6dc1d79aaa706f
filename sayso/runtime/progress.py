"""The progress line, printed at each change of subtask or motion."""

from __future__ import annotations

from collections.abc import Callable

from sayso.hardware.control.loop import Cycle
from sayso.planner.corrections.reader import URGENT
from sayso.runtime.after_stop import STANDS
from sayso.runtime.executive import Executive
from sayso.runtime.log import Heard
from sayso.runtime.runtime import Runtime
from sayso.runtime.subscriber import Subscriber

Progress = Callable[[float, str], None]


class ProgressTeller(Subscriber):
    """Calls ``progress`` (s since ``start``, text) at each change of motion or subtask and for unclear corrections."""

    def __init__(self, executive: Executive, start: float, progress: Progress) -> None:
        self._executive, self._start, self._progress = executive, start, progress
        self._last = ""

    def run_began(self, runtime: Runtime) -> None:
        """Report that the robot looks."""
        self._tell(runtime.robot.clock.now())

    def cycle_ended(self, cycle: Cycle) -> None:
        """Report a change during the run."""
        if self._executive.outcome is None:
            self._tell(self._executive.robot.clock.now())

    def heard(self, heard: Heard) -> None:
        """Report words without an effect at once, and a stop for words that were not understood."""
        correction = heard.correction
        if correction.level in ("unknown", "ask", "remark") or correction.read_as == URGENT:
            self._progress(heard.t - self._start, f"heard “{correction.text}”: {correction.read_as}")

    def _tell(self, now: float) -> None:
        executive = self._executive
        motion = executive.log.motions[-1].text if executive.log.motions else "looking"
        line = STANDS if executive.runtime.loop.stopped else f"{executive.supervisor.current or 'done'}: {motion}"
        if line != self._last:
            self._last = line
            self._progress(now - self._start, line)
