"""Units of the numbers in a dataset."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from sayso.skills.dataset.layout import Info

# Units by name suffix in early versions of Sayso, which did not write units.
_EARLIER = {".pos": "rad", ".vel": "rad/s", "gripper.pos": "0-1", "gripper.closed": "0-1"}


def units_of(info: Info, names: Iterable[str], ours: bool) -> dict[str, tuple[str, ...]]:
    """The unit of each number of the columns ``names``, where known.

    Sayso's datasets state units; those of early versions (``ours``) are in radians and openings from 0 to 1. Other
    programs do not state them: LeRobot's recordings use degrees or -100 to 100, depending on the robot's settings.
    """
    if info.sayso is not None:
        return {name: tuple(info.sayso.units[name]) for name in names if name in info.sayso.units}
    if not ours:
        return {}
    found: dict[str, tuple[str, ...]] = {}
    for name in names:
        said = info.features[name].names
        units = [_unit(word) for word in said] if isinstance(said, list) else [""]
        if all(units):
            found[name] = tuple(units)
    return found


def _unit(word: str) -> str:
    return _EARLIER.get(word) or next((unit for end, unit in _EARLIER.items() if word.endswith(end)), "")


def unlike(there: Mapping[str, tuple[str, ...]], here: Mapping[str, tuple[str, ...]]) -> str:
    """The difference between the units ``there`` and ``here``, in words; empty if there is none."""
    for name in sorted(there.keys() | here.keys()):
        if there.get(name) != here.get(name):
            said = [", ".join(dict.fromkeys(units)) if (units := u.get(name)) else "not said" for u in (here, there)]
            return f"column '{name}' of the episode is in other units ({said[0]}) than the dataset's ({said[1]})"
    return ""
