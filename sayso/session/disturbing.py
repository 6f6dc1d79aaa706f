"""The disturbances of a session on the built-in table; any other session has none."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from typing import TYPE_CHECKING

from sayso.backends.backend import Backend
from sayso.backends.simulated_arms import is_simulated
from sayso.session.options import SessionError

if TYPE_CHECKING:  # a session without disturbances loads no simulator for them
    from sayso.sim.disturbances.director import Director


def director_for(
    backend: Backend, robot: str, seed: int, disturb: Sequence[str], say: Callable[[str], object]
) -> Director | None:
    """What lets the disturbances happen; None without any. Raises `SessionError`, also for an unknown name."""
    if not disturb:
        return None
    if not is_simulated(robot):
        raise SessionError(f"disturbances are for simulation; {robot} is a real arm: leave them out")
    from sayso.backends.simulated import SimBackend
    from sayso.sim.disturbances.director import Director
    from sayso.sim.disturbances.kinds import planned
    from sayso.sim.table_world import TableWorld

    if not isinstance(backend, SimBackend) or not isinstance(backend.world, TableWorld):
        raise SessionError(f"disturbances are for the built-in table; {robot} is another world: leave them out")
    try:
        chosen = [planned(text) for text in disturb]
    except ValueError as error:
        raise SessionError(str(error)) from None
    return Director(backend.world, backend.robot.clock, chosen, seed, say)


def directing(director: Director | None, instruction: str) -> AbstractContextManager[None]:
    """Disturb the run of ``instruction``, if there is a ``director``."""
    return nullcontext() if director is None else director.directing(instruction)
