"""In which units the numbers of a dataset are."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from sayso.skills.dataset.layout import Info

# What versions of Sayso that did not write units down meant by the ends of their names.
_EARLIER = {".pos": "rad", ".vel": "rad/s", "gripper.pos": "0-1", "gripper.closed": "0-1"}


def units_of(info: Info, names: Iterable[str], ours: bool) -> dict[str, tuple[str, ...]]:
    """The unit of each number of the columns ``names``, where it is known.

    Datasets of Sayso say it; those that an earlier version of ``ours`` wrote were in radians and openings from 0 to 1.
    Other programs do not say it: LeRobot's own recordings are in degrees or from -100 to 100, as their robot was set.
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
    """What keeps numbers in the units ``here`` from standing beside those in the units ``there``; empty if nothing."""
    for name in sorted(there.keys() | here.keys()):
        if there.get(name) != here.get(name):
            said = [", ".join(dict.fromkeys(units)) if (units := u.get(name)) else "not said" for u in (here, there)]
            return f"column '{name}' of the episode is in other units ({said[0]}) than the dataset's ({said[1]})"
    return ""
