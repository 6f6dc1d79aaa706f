"""The speed scale: the highest allowed speed as a fraction of the limits; the lowest request wins."""

from __future__ import annotations

LEAST = 0.02
RISE_PER_S, FALL_PER_S = 0.5, 4.0


class SpeedScale:
    """A fraction in [`LEAST`, 1] that falls quickly and rises slowly, so that changes cause no jerk."""

    def __init__(self) -> None:
        self._asked: dict[str, float] = {}
        self.value = 1.0

    def ask(self, who: str, fraction: float) -> None:
        """Limit the speed to ``fraction`` on behalf of ``who`` until `drop`. Raises ValueError outside (0, 1]."""
        if not 0.0 < fraction <= 1.0:
            raise ValueError(f"{who} asks for a speed of {fraction}; above 0 and up to 1 is allowed")
        self._asked[who] = max(fraction, LEAST)

    def drop(self, who: str) -> None:
        """Remove the limit that ``who`` requested."""
        self._asked.pop(who, None)

    def step(self, dt: float) -> float:
        """The fraction in force ``dt`` s later."""
        goal = min(self._asked.values(), default=1.0)
        if goal < self.value:
            self.value = max(goal, self.value - FALL_PER_S * dt)
        else:
            self.value = min(goal, self.value + RISE_PER_S * dt)
        return self.value
