"""What the eyes saw as plain values, for a command's JSON."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sayso.perception.eyes.instances import Instance
from sayso.perception.grasps.grasp import Grasp
from sayso.perception.scene import LIKELY_NAME, GivenName

LEAST = 0.01  # probability below which a name is left out
MOST_GRASPS = 3


def numbered(instances: Sequence[Instance]) -> list[str]:
    """Ids of the instances, in their order."""
    return [f"o{k}" for k in range(1, len(instances) + 1)]


def report(
    object_id: str, seen: Instance, given: Sequence[GivenName] = (), grasps: Sequence[Grasp] = ()
) -> dict[str, Any]:
    """One instance: names with probabilities, position and size in m, yaw in rad, confidence, place in the picture.

    Of the ``grasps``, best first, there are at most `MOST_GRASPS`.
    ``given`` are the names that it may have, the surest first; it goes by one that is sure enough, else by color and
    kind.
    """
    return {
        "id": object_id,
        "name": called(seen, given),
        "kind": seen.kind,
        "kinds": _likely(seen.kinds),
        "colors": _likely(seen.colors),
        "position": [round(v, 4) for v in seen.position.tolist()],
        "size": [round(v, 4) for v in seen.size.tolist()],
        "yaw": round(seen.yaw, 4),
        "confidence": round(seen.confidence, 3),
        "pixel": [round(v, 1) for v in seen.pixel],
        "box": [round(v, 1) for v in seen.box],
        "on_table": seen.on_table(),
        "given": [{"name": g.text, "source": g.source, "sure": round(g.sure, 3)} for g in given if g.sure >= LEAST],
        "grasps": [_grasp(g) for g in grasps[:MOST_GRASPS]],
    }


def _grasp(grasp: Grasp) -> dict[str, Any]:
    return {
        "position": [round(v, 4) for v in grasp.position.tolist()],
        "yaw": round(grasp.yaw, 4),
        "width": round(grasp.width, 4),
        "quality": round(grasp.quality, 3),
    }


def called(seen: Instance, given: Sequence[GivenName]) -> str:
    """What an instance goes by: its surest given name if that is sure enough, else its color and kind."""
    return given[0].text if given and given[0].sure >= LIKELY_NAME else seen.name


def _likely(names: Any) -> dict[str, float]:
    return {k: round(p, 3) for k, p in sorted(names.items(), key=lambda item: -item[1]) if p >= LEAST}
