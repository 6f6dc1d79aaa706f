"""The state table under random events from all sources: a held stop overrides all, and only a start moves an arm."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from sayso.hardware.control.state_machine import Authority, Event, State, StateTable

Record = dict[str, Any]
EVENTS, WAYS = (
    100_000,
    180,
)  # of 240 combinations of state, event, source and held stop; a held stop excludes the rest
MAY_MOVE = (State.READY, State.RUNNING, State.HOLDING)
RARELY = 0.02


def walk(arm: str, seed: int) -> Record:
    """Random events, with and without a held stop; judged by forbidden transitions, not by the table (S2)."""
    rng, table, seen, wrong = np.random.default_rng(seed), StateTable(), set(), []
    events, own_hold = [e for e in Event if e is not Event.FAIL], False
    for _ in range(EVENTS):
        before = table.state
        if rng.random() < RARELY:
            held = not table.stop_held
            table.hold_stop(held)
            if (table.state in MAY_MOVE) if held else (table.state is not before):
                wrong.append(f"{before} became {table.state} as the stop was {'held' if held else 'let go'}")
            continue
        event = Event.FAIL if rng.random() < RARELY else events[rng.integers(len(events))]
        who = Authority.PERSON if rng.random() < 0.7 else Authority.COMPONENT
        seen.add((before, event, who, table.stop_held))
        after = table.take(event, who).state
        own_hold = after is State.HOLDING and (own_hold or event is Event.HOLD)
        moves = after is State.RUNNING and before is not State.RUNNING
        if table.stop_held and after in MAY_MOVE:
            wrong.append(f"{event} made {before} {after} while the stop was held")
        if event is Event.RESET and after not in (before, State.STOPPED):
            wrong.append(f"a reset made {before} {after}")
        if moves and event is not Event.FRESH and who is not Authority.PERSON:
            wrong.append(f"a component's {event} made {before} move")
        if moves and event is Event.FRESH and (before is not State.HOLDING or own_hold):
            wrong.append(f"{event} ended what a person began")
        if before is State.FAULT and after is not State.FAULT and (event, who) != (Event.RESET, Authority.PERSON):
            wrong.append(f"{event} ended a fault")
    return {"ok": not wrong and len(seen) == WAYS, "events": EVENTS, "ways": len(seen), "wrong": wrong[:3]}


def walked(records: Sequence[Record]) -> Record:
    """The number of events, and the least number of different combinations in an episode."""
    return {"events": sum(r["events"] for r in records), "least ways": min(r["ways"] for r in records)}
