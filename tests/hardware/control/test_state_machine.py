"""The state table: every state with every event, from a person and from a component, with the stop held and not."""

import itertools

import pytest

from sayso.hardware.control.state_machine import Authority, Event, State, StateTable

P, C = Authority.PERSON, Authority.COMPONENT
# How to get to each place from the beginning; HOLDING twice, for who began the hold decides who may end it.
WAYS = {
    "stopped": [],
    "ready": [(Event.ARM, P)],
    "running": [(Event.ARM, P), (Event.START, P)],
    "lapsed": [(Event.ARM, P), (Event.START, P), (Event.LAPSE, C)],
    "held": [(Event.ARM, P), (Event.START, P), (Event.HOLD, C)],
    "held, then lapsed": [(Event.ARM, P), (Event.START, P), (Event.HOLD, P), (Event.LAPSE, C)],
    "lapsed, then held": [(Event.ARM, P), (Event.START, P), (Event.LAPSE, C), (Event.HOLD, C)],
    "stopping": [(Event.ARM, P), (Event.STOP, C)],
    "fault": [(Event.FAIL, C)],
}
STATES = {
    "stopped": State.STOPPED, "ready": State.READY, "running": State.RUNNING, "lapsed": State.HOLDING,
    "held": State.HOLDING, "held, then lapsed": State.HOLDING, "lapsed, then held": State.HOLDING,
    "stopping": State.STOPPING, "fault": State.FAULT,
}  # fmt: skip
# Written out here by hand, apart from the table: what may happen. All that is not named changes nothing.
EXPECTED = {
    ("stopped", Event.ARM): State.READY,
    ("ready", Event.START): State.RUNNING,
    ("ready", Event.STOP): State.STOPPING,
    ("running", Event.HOLD): State.HOLDING,
    ("running", Event.LAPSE): State.HOLDING,
    ("running", Event.STOP): State.STOPPING,
    ("lapsed", Event.FRESH): State.RUNNING,
    ("stopping", Event.STILL): State.STOPPED,
    ("fault", Event.RESET): State.STOPPED,
}
for place in ("lapsed", "held", "held, then lapsed", "lapsed, then held"):
    EXPECTED[place, Event.RESUME] = State.RUNNING
    EXPECTED[place, Event.STOP] = State.STOPPING
    EXPECTED[place, Event.HOLD] = EXPECTED[place, Event.LAPSE] = State.HOLDING
for place in WAYS:
    EXPECTED[place, Event.FAIL] = State.FAULT
GOES_UP = {Event.ARM, Event.START, Event.RESUME, Event.RESET}
WOULD_MOVE = {Event.ARM, Event.START, Event.RESUME, Event.FRESH}


def at(place: str) -> StateTable:
    table = StateTable()
    for event, who in WAYS[place]:
        assert table.take(event, who).text == ""
    assert table.state is STATES[place]
    return table


@pytest.mark.parametrize(
    ("place", "event", "who", "held"), list(itertools.product(WAYS, Event, Authority, (False, True)))
)
def test_every_state_and_event(place: str, event: Event, who: Authority, held: bool) -> None:
    table = at(place)
    table.stop_held = held
    allowed = (place, event) in EXPECTED and (event not in GOES_UP or who is P) and not (held and event in WOULD_MOVE)
    answer = table.take(event, who, "because")
    assert answer.state is table.state
    assert table.state is (EXPECTED[place, event] if allowed else STATES[place])
    assert (answer.text == "") is allowed
    assert table.moves is (table.state is State.RUNNING)
    if table.state is not STATES[place]:
        assert table.cause == "because"


def test_a_component_can_never_make_it_more_able_to_move() -> None:
    order = list(State)
    for place, event in itertools.product(WAYS, Event):
        table = at(place)
        before = table.state
        after = table.take(event, C).state
        lifted = place == "lapsed" and event is Event.FRESH
        rested = event is Event.STILL and before is State.STOPPING
        assert order.index(after) >= order.index(before) or lifted or rested


def test_a_start_while_the_stop_is_held_is_refused_and_letting_go_moves_nothing() -> None:
    table = at("ready")
    assert table.hold_stop(True).state is State.STOPPING
    table.take(Event.STILL)
    assert table.take(Event.ARM, P).text == "cannot arm: the stop is held; release it first"
    assert table.hold_stop(False).state is State.STOPPED
    assert table.take(Event.START, P).text == "cannot start while stopped; allowed now: arm, fail"


def test_a_reset_while_the_stop_is_held_moves_nothing() -> None:
    table = at("fault")
    assert table.hold_stop(True).state is State.FAULT
    assert table.take(Event.RESET, P).state is State.STOPPED
    assert table.take(Event.ARM, P).text


def test_a_hold_by_a_person_is_forgotten_once_it_has_ended() -> None:
    table = at("held")
    table.take(Event.RESUME, P)
    table.take(Event.LAPSE)
    assert table.take(Event.FRESH).state is State.RUNNING


def test_a_stop_forgets_who_held() -> None:
    table = at("held")
    for event in (Event.STOP, Event.STILL, Event.ARM, Event.START, Event.LAPSE):
        table.take(event, P)
    assert table.take(Event.FRESH).state is State.RUNNING


def test_a_fault_survives_a_restart_and_says_what_it_was() -> None:
    table = StateTable(failed="the elbow jumped")
    assert (table.state, table.cause) == (State.FAULT, "the elbow jumped")
    assert table.take(Event.ARM, P).text == "cannot arm while fault; allowed now: reset, fail"
    assert StateTable().state is State.STOPPED


def test_the_cause_is_the_first_one() -> None:
    table = at("running")
    table.take(Event.LAPSE, C, "no target")
    table.take(Event.LAPSE, C, "another")
    assert table.cause == "no target"
    table.take(Event.RESUME, P)
    assert table.cause == "resume"


def test_only_a_person_and_only_in_words() -> None:
    assert at("stopped").take(Event.ARM, C).text == "cannot arm: only a person may"
    assert at("held").take(Event.FRESH).text == "cannot continue by itself: a person must resume"


@pytest.mark.parametrize("place", WAYS)
def test_a_stop_that_is_let_go_changes_nothing(place: str) -> None:
    table = at(place)
    state, cause = table.state, table.cause
    answer = table.hold_stop(False)
    assert (answer.state, answer.text) == (state, "")
    assert (table.state, table.cause, table.stop_held) == (state, cause, False)


@pytest.mark.parametrize("place", ["ready", "running", "lapsed", "held"])
def test_a_stop_that_is_held_says_that_it_is(place: str) -> None:
    table = at(place)
    assert table.hold_stop(True).state is State.STOPPING
    assert (table.cause, table.stop_held) == ("the stop is held", True)
