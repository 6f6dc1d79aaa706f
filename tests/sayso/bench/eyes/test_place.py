"""The figures of a camera's place by touches come from true errors, and a moved camera counts only if refused."""

from sayso.bench.eyes.place import figures, place_record


def test_one_calibration_is_judged_by_where_the_table_is() -> None:
    record = place_record("12 touches", 1)
    assert record["ok"] and record["saved"] and 0 < record["middle_mm"] <= record["worst_mm"] <= 15
    assert place_record("12 touches", 1) == record, "the same seed gives the same"
    summed = figures([record, {"ok": False, "saved": False, "problems": ["few"]}])
    assert summed["saved"] == 1 and summed["worst_mm"]["p50"] == record["worst_mm"] and summed["wrong_and_saved"] == 0


def test_a_moved_camera_is_right_only_if_it_is_refused() -> None:
    record = place_record("camera moved after half", 0)
    assert record["ok"] is not record["saved"]
