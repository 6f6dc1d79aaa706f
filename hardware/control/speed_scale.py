"""The speed scale: the highest allowed speed as a fraction of the limits."""

from __future__ import annotations

LEAST = 0.02
RISE_PER_S, FALL_PER_S = 0.5, 4.0


class SpeedScale:
    """``value``, a fraction in [`LEAST`, 1], falls quickly and rises slowly, so that changes cause no jerk."""

    def __init__(self) -> None:
        self._asked = self.value = 1.0

    def ask(self, fraction: float) -> None:
        """Limit the speed to ``fraction`` of full speed. Raises ValueError outside (0, 1]."""
        if not 0.0 < fraction <= 1.0:
            raise ValueError(f"a speed of {fraction} was asked for; above 0 and up to 1 is allowed")
        self._asked = max(fraction, LEAST)

    def step(self, dt: float) -> bool:
        """Move ``value`` toward the requested fraction by ``dt`` s. Returns whether it changed."""
        before = self.value
        if self._asked < before:
            self.value = max(self._asked, before - FALL_PER_S * dt)
        else:
            self.value = min(self._asked, before + RISE_PER_S * dt)
        return self.value != before
