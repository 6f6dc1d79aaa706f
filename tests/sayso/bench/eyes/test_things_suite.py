"""Records of the suite of things."""

from sayso.bench.eyes.things_suite import summed, thing_record
from sayso.model_store import PACKAGED


def test_a_record_is_no_error_and_sums_up() -> None:
    record = thing_record(PACKAGED, "known", 0)
    assert "error" not in record, "what the benchmark takes for an episode that ended in an exception"
    assert summed([record])["things"] == len(record["off_m"]) > 0
