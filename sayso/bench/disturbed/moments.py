"""Moments of disturbed runs as lines of JSON, with the truth beside them: what the critic learns from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from sayso.hardware.types import Array, Pose
from sayso.perception.scene import Scene, SceneObject
from sayso.planner.outlook.moment import Moment
from sayso.planner.plan import Relation, Subtask, Verb
from sayso.runtime.executive import Executive
from sayso.runtime.oversight.lookout import Lookout
from sayso.sim.table_world import TableWorld
from sayso.skills.features import Proprioception

Plain = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Witnessed:
    """A moment, and the truth then: the ``places`` (3,) m of all things by id, and where the ``tool`` is."""

    moment: Moment
    places: Mapping[str, Array]
    tool: Array


class Witness(Lookout):
    """Keeps the moments of an executive's run, and the truth of its ``table``."""

    def __init__(self, executive: Executive, table: TableWorld) -> None:
        super().__init__(executive)
        self.seen: list[Witnessed] = []
        self._table = table

    def see(self, moment: Moment) -> None:
        """Keep the moment."""
        places = {name: o.position for name, o in self._table.truth().items()}
        self.seen.append(Witnessed(moment, places, self._table.physics.tool()))


def plain(witnessed: Witnessed) -> Plain:
    """A moment and its truth as JSON."""
    m = witnessed.moment
    s, b = m.subtask, m.body
    return {
        "t": round(m.t, 3), "attempt": m.attempt, "began": round(m.began, 3), "motion": m.motion,
        "subtask": [s.verb, s.object_id, s.object_name, s.relation, s.reference_id, s.reference_name],
        "scene": [m.scene.t, m.scene.gripper, m.scene.held],
        "things": [
            [o.id, _likely(o.kinds), _likely(o.colors), _short(o.position), _short(o.size),
             *_short([o.yaw, o.confidence, o.age, o.deviation]), o.held, float(f"{o.doubt:.3g}")]
            for o in m.scene.objects
        ],
        "body": [_short(b.position), _short(b.command), _short(b.tool.position), _short(b.tool.rotation.ravel()),
                 *_short([b.opening, b.rate]), b.closing],
        "late": _short(m.late),
        "truth": {name: _short(at) for name, at in witnessed.places.items()}, "tool": _short(witnessed.tool),
    }  # fmt: skip


def witnessed(line: Plain) -> Witnessed:
    """What `plain` wrote."""
    verb, object_id, object_name, relation, reference_id, reference_name = line["subtask"]
    subtask = Subtask(
        Verb(verb), object_id, object_name, None if relation is None else Relation(relation), reference_id,
        reference_name,
    )  # fmt: skip
    position, command, at, rotation, opening, rate, closing = line["body"]
    tool = Pose(np.array(at), np.array(rotation).reshape(3, 3))
    t, gripper, held = line["scene"]
    things = tuple(
        SceneObject(name, kinds, colors, np.array(where), np.array(size), yaw, sure, age, deviation, is_held, doubt)
        for name, kinds, colors, where, size, yaw, sure, age, deviation, is_held, doubt in line["things"]
    )
    body = Proprioception(np.array(position), np.array(command), tool, opening, rate, closing)
    moment = Moment(
        line["t"], line["attempt"], line["began"], subtask, Scene(t, things, tool, gripper, held), body,
        np.array(line["late"]), line["motion"],
    )  # fmt: skip
    return Witnessed(moment, {k: np.array(v) for k, v in line["truth"].items()}, np.array(line["tool"]))


def _short(values: Sequence[float] | Array) -> list[float]:
    return [round(float(v), 5) for v in values]


def _likely(shares: Mapping[str, float]) -> dict[str, float]:
    return {name: round(float(p), 4) for name, p in shares.items() if p > 1e-3}
