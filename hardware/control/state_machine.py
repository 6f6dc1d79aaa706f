"""The state table: who may start an arm, what holds or stops it, and the fault that stays until a person resets it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class State(StrEnum):
    """What an arm's controller is doing. Only RUNNING follows targets; in all others the arm brakes and stands."""

    STOPPED = "stopped"
    READY = "ready"
    RUNNING = "running"
    HOLDING = "holding"
    STOPPING = "stopping"
    FAULT = "fault"


class Event(StrEnum):
    """What can happen to the controller."""

    ARM = "arm"
    START = "start"
    HOLD = "hold"  # a person, or the loss of one, holds the arm: a person has to resume
    RESUME = "resume"
    LAPSE = "lapse"  # commands or readings stay away
    FRESH = "fresh"  # and are back
    STOP = "stop"
    STILL = "still"  # the arm has come to rest
    FAIL = "fail"
    RESET = "reset"


class Authority(StrEnum):
    """Who gives an event: any component may go down, only a person goes up."""

    PERSON = "person"
    COMPONENT = "component"


UPWARD = frozenset({Event.ARM, Event.START, Event.RESUME, Event.RESET})
MOVING = UPWARD - {Event.RESET} | {Event.FRESH}  # what a held stop keeps from happening; a reset moves nothing
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
    """The ``state`` after an event; ``text`` says why the event was refused and is empty if it was taken."""

    state: State
    text: str = ""


class StateTable:
    """STOPPED → READY → RUNNING ⇄ HOLDING → STOPPING → FAULT (latched), by `TABLE`; it begins STOPPED.

    A held stop wins over everything that would move the arm. `FRESH` ends a hold that `LAPSE` began, and none that a
    person began or the loss of one: that takes `RESUME`. ``cause`` tells why it holds, stops or failed.
    """

    def __init__(self, failed: str = "") -> None:
        """``failed``: the cause of a fault that was latched before a restart, which stays latched."""
        self.state = State.FAULT if failed else State.STOPPED
        self.cause = failed
        self.stop_held = False
        self._by_person = False

    @property
    def moves(self) -> bool:
        """Whether targets are followed now."""
        return self.state is State.RUNNING

    def take(self, event: Event, who: Authority = Authority.COMPONENT, cause: str = "") -> Answer:
        """Go where the table says, or stay and say why; never raises, for it runs in the loop."""
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
        """The stop is pressed and kept, or let go; letting go moves nothing."""
        self.stop_held = held
        return self.take(Event.STOP, Authority.PERSON, "the stop is held") if held else Answer(self.state)

    def _refusal(self, event: Event, who: Authority) -> str:
        if event in UPWARD and who is not Authority.PERSON:
            return f"cannot {event}: only a person may"
        if event in MOVING and self.stop_held:
            return f"cannot {event}: the stop is held; let it go first"
        if (self.state, event) not in TABLE:
            allowed = [e.value for (s, e) in TABLE if s is self.state]
            return f"cannot {event} while {self.state}; what can happen now: {', '.join(allowed)}"
        if event is Event.FRESH and self._by_person:
            return "cannot go on by itself: a person has to resume"
        return ""
