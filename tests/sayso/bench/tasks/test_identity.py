"""An exchange and a replacement before the grasp: the right thing is put away, or the robot asks."""

from sayso.bench.tasks.identity import attempt


def test_the_thing_that_was_asked_for_is_put_away_wherever_it_is_now() -> None:
    record = attempt("exchanged before the grasp", 0)
    assert record["disturbed"] and record["end"] == "right", record


def test_what_is_replaced_is_asked_for() -> None:
    record = attempt("replaced before the grasp", 0)
    assert record["disturbed"] and record["end"] == "asked", record
    assert "block" in record["why"]
