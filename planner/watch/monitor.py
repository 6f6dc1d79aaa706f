"""The monitor: progresses every constraint of a plan over the moments of the run."""

from __future__ import annotations

from collections.abc import Sequence

from sayso.planner.watch.constraint import Constraint
from sayso.planner.watch.formula import FALSE, Formula, holds_at_end, progress
from sayso.planner.watch.moment import Moment


class Monitor:
    """Watches ``constraints`` over one run, reports a broken one once, and watches that one again after `again`."""

    def __init__(self, constraints: Sequence[Constraint]) -> None:
        self.constraints = tuple(constraints)
        self._left: list[Formula] = [c.formula for c in self.constraints]
        self.broken: list[Constraint] = []

    def step(self, moment: Moment) -> Constraint | None:
        """The first constraint that ``moment`` has broken, None without one."""
        found: Constraint | None = None
        for i, (constraint, left) in enumerate(zip(self.constraints, self._left, strict=True)):
            if left == FALSE:
                continue
            self._left[i] = progress(left, moment)
            if self._left[i] == FALSE:
                self.broken.append(constraint)
                found = found or constraint
        return found

    def again(self) -> None:
        """Watch the broken constraints from here on."""
        self._left = [
            c.formula if left == FALSE else left for c, left in zip(self.constraints, self._left, strict=True)
        ]

    def unmet(self) -> Sequence[Constraint]:
        """The constraints that the run, if it ended now, would not have satisfied."""
        return [c for c, left in zip(self.constraints, self._left, strict=True) if not holds_at_end(left)]
