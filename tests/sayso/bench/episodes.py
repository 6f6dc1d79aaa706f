"""Episodes for the tests of the bench; spawned processes import them from here."""

import os
from pathlib import Path
from typing import Any

from sayso.errors import UserError
from tests.waiting import pause


def coin(seed: int) -> dict[str, Any]:
    """Two of three succeed."""
    return {"ok": seed % 3 != 0, "seconds": seed / 10}


def counted(folder: str, seed: int) -> dict[str, Any]:
    """Leave a trace of having run."""
    with (Path(folder) / f"ran-{seed}").open("a") as file:
        file.write("x")
    return coin(seed)


def stumbling(seed: int) -> dict[str, Any]:
    """Raise now and then."""
    if seed % 4 == 1:
        raise ZeroDivisionError("no way")
    return coin(seed)


def refused(seed: int) -> dict[str, Any]:
    """What a missing model does."""
    raise UserError("the model is missing")


def dying(seed: int) -> dict[str, Any]:
    """What happens when memory runs out."""
    os._exit(9)


def slow(seed: int) -> dict[str, Any]:
    """Long enough to be interrupted."""
    pause(0.05 if seed == 0 else 60)
    return coin(seed)
