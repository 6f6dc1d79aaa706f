"""Say it, and the arm does it: the face of the stack."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from importlib.machinery import ModuleSpec
from importlib.util import find_spec
from types import ModuleType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sayso.result import RunResult
    from sayso.session import Options, Session

__all__ = ["Options", "RunResult", "Session"]


def __getattr__(name: str) -> Any:
    """Load the parts when they are first asked for: PyBullet and the models' run time take a second."""
    if name in ("Session", "Options"):
        from sayso import session

        return getattr(session, name)
    if name == "RunResult":
        from sayso.result import RunResult

        return RunResult
    raise AttributeError(f"module 'sayso' has no attribute '{name}'; it has {__all__}")


def __dir__() -> list[str]:
    """What this package offers, though it is loaded later."""
    return [*__all__, *(name for name in globals() if name.startswith("__"))]


class _AfterGymnasium:
    """Registers "sayso/Tabletop-v0" as soon as Gymnasium is loaded: loading it here would keep `sayso stop` waiting."""

    def find_spec(
        self, fullname: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """Gymnasium as it is, and `sim`, which registers, after it."""
        if fullname != "gymnasium":
            return None
        sys.meta_path.remove(self)
        spec = find_spec(fullname)
        if spec is not None and spec.loader is not None:
            load = spec.loader.exec_module

            def load_and_register(module: ModuleType) -> None:
                load(module)
                from sayso import sim  # noqa: F401

            spec.loader.exec_module = load_and_register  # type: ignore[method-assign]
        return spec


if "gymnasium" in sys.modules:
    from sayso import sim  # noqa: F401
else:
    sys.meta_path.insert(0, _AfterGymnasium())
