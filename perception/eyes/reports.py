"""What the eyes saw as plain values, for a command's JSON."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sayso.perception.eyes.instances import Instance

LEAST = 0.01  # probability below which a name is left out


def numbered(instances: Sequence[Instance]) -> list[str]:
    """Ids of the instances, in their order."""
    return [f"o{k}" for k in range(1, len(instances) + 1)]


def report(name: str, seen: Instance) -> dict[str, Any]:
    """One instance: names with probabilities, position and size in m, yaw in rad, confidence, place in the picture."""
    return {
        "id": name,
        "name": seen.name,
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
    }


def _likely(names: Any) -> dict[str, float]:
    return {k: round(p, 3) for k, p in sorted(names.items(), key=lambda item: -item[1]) if p >= LEAST}
