"""Checks that the reading has understood doubtful clauses as prohibitions."""

from __future__ import annotations

from sayso.perception.scene import KINDS, Scene
from sayso.planner.language.grounding import fitting
from sayso.planner.language.modality import Doubt, Modality, doubts
from sayso.planner.language.reading import Action, Clause, Reading, Role
from sayso.planner.task.things import kind_named

_NEAR = 12
"""Most characters between "but not" or "except for" and the excluded object."""


def not_understood(reading: Reading, scene: Scene) -> Doubt | None:
    """The first clause of ``reading`` that is neither a plain order nor a read prohibition; None without one."""
    return next((d for d in doubts(reading.text) if not _forbids(d, reading, scene)), None)


def names_a_thing(reading: Reading, scene: Scene) -> bool:
    """Whether an order of ``reading`` names a thing that is neither block nor bowl, and ``scene`` has such things."""
    orders = (c for c in reading.clauses if c.action is not Action.OTHER)
    named = any(kind_named(m.text) is not None for c in orders for m in c.mentions)
    return named and any(o.kind not in KINDS for o in scene.objects)


def _forbids(doubt: Doubt, reading: Reading, scene: Scene) -> bool:
    if doubt.modality is not Modality.NEGATED:
        return False
    return any(_spares(doubt, c, scene) or _leaves_out(doubt, c, scene) for c in reading.clauses)


def _spares(doubt: Doubt, clause: Clause, scene: Scene) -> bool:
    """Whether ``clause`` is a prohibition that covers the negation's whole scope."""
    inside = clause.action is Action.FORBID and clause.start <= doubt.start < clause.end
    return inside and doubt.reach <= clause.end and any(fitting(m, scene.objects) for m in clause.mentions)


def _leaves_out(doubt: Doubt, clause: Clause, scene: Scene) -> bool:
    return any(
        0 <= m.start - doubt.end <= _NEAR and bool(fitting(m, scene.objects)) for m in clause.having(Role.EXCEPT)
    )
