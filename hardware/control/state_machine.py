"""The state machine: who may start an arm, what holds or stops it, and the latched fault that only a person resets."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class State(StrEnum):
    """States of the controller. Only RUNNING follows targets; in all others the arm brakes and holds."""

    STOPPED = "stopped"
    READY = "ready"
    RUNNING = "running"
    HOLDING = "holding"
    STOPPING = "stopping"
    FAULT = "fault"


class Event(StrEnum):
    """Events of the state machine."""

    ARM = "arm"
    START = "start"
    HOLD = "hold"  # by a person, or because hold-to-run lapsed: only a person can resume
    RESUME = "resume"
    LAPSE = "lapse"  # targets or readings are missing
    FRESH = "fresh"  # targets and readings are back
    STOP = "stop"
    STILL = "still"  # the arm has come to rest
    FAIL = "fail"
    RESET = "reset"


class Authority(StrEnum):
    """The origin of an event: any component may lower the state, only a person may raise it."""

    PERSON = "person"
    COMPONENT = "component"


UPWARD = frozenset({Event.ARM, Event.START, Event.RESUME, Event.RESET})
MOVING = UPWARD - {Event.RESET} | {Event.FRESH}  # events that a held stop blocks; a reset moves nothing
TABLE: dict[tuple[State, Event], State] = {
    (State.STOPPED, Event.ARM): State.READY,
    (State.READY, Event.START): State.RUNNING,
    (State.RUNNING, Event.HOLD): State.HOLDING,
    (State.RUNNING, Event.LAPSE): State.HOLDING,
    (State.HOLDING, Event.HOLD): State.HOLDING,
    (State.HOLDING, Event.LAPSE): State.HOLDING,
    (State.HOLDING, Event.RESUME): State.RUNNING,
    (State.HOLDING, Event.FRESH): State.RUNNING,
    (State.READY, Event.STOP): State.STOPPING,
    (State.RUNNING, Event.STOP): State.STOPPING,
    (State.HOLDING, Event.STOP): State.STOPPING,
    (State.STOPPING, Event.STILL): State.STOPPED,
    (State.FAULT, Event.RESET): State.STOPPED,
    **{(state, Event.FAIL): State.FAULT for state in State},
}


@dataclass(frozen=True, slots=True)
class Answer:
    """The ``state`` after an event; ``text`` gives the reason of a refusal and is empty if the event was accepted."""

    state: State
    text: str = ""


class StateTable:
    """STOPPED → READY → RUNNING ⇄ HOLDING → STOPPING → FAULT (latched), by `TABLE`; starts STOPPED.

    A held stop blocks every event that would move the arm. `FRESH` ends a hold that `LAPSE` began; a hold that began
    with `HOLD` needs `RESUME`. ``cause`` is the reason of the present state.
    """

    def __init__(self, failed: str = "") -> None:
        """``failed``: cause of a fault latched before a restart; the fault stays latched."""
        self.state = State.FAULT if failed else State.STOPPED
        self.cause = failed
        self.stop_held = False
        self._by_person = False

    @property
    def moves(self) -> bool:
        """Whether the controller follows targets now."""
        return self.state is State.RUNNING

    def take(self, event: Event, who: Authority = Authority.COMPONENT, cause: str = "") -> Answer:
        """Change the state by `TABLE`, or stay and return the reason; never raises, because the loop calls it."""
        refusal = self._refusal(event, who)
        if refusal:
            return Answer(self.state, refusal)
        after = TABLE[self.state, event]
        if event is Event.HOLD:
            self._by_person = True
        elif after is not State.HOLDING:
            self._by_person = False
        if after is not self.state:
            self.cause = cause or event.value
        self.state = after
        return Answer(after)

    def hold_stop(self, held: bool) -> Answer:
        """Record that the stop is held or released; a release moves nothing."""
        self.stop_held = held
        return self.take(Event.STOP, Authority.PERSON, "the stop is held") if held else Answer(self.state)

    def _refusal(self, event: Event, who: Authority) -> str:
        if event in UPWARD and who is not Authority.PERSON:
            return f"cannot {event}: only a person may"
        if event in MOVING and self.stop_held:
            return f"cannot {event}: the stop is held; release it first"
        if (self.state, event) not in TABLE:
            allowed = [e.value for (s, e) in TABLE if s is self.state]
            return f"cannot {event} while {self.state}; allowed now: {', '.join(allowed)}"
        if event is Event.FRESH and self._by_person:
            return "cannot continue by itself: a person must resume"
        return ""
