"""The bench of reaction under the console measures from the person's hand to the target, with everything on."""

from __future__ import annotations

from sayso.bench.reaction.under_console import SAID, STOPPED, Under, figures, react
from sayso.bench.suites import cells_of


def test_five_sentences_are_said_recorded_and_change_the_target() -> None:
    found = react(0, sentences=5)
    times = [t for ways in (found.motions, found.stops) for way in ways.values() for t in way]
    assert len(times) + found.lost == 5 and len(times) >= 4 and all(t > 0 for t in times)
    assert len(found.pictures) == 2 and all(found.pictures), "both screens have taken pictures"
    assert found.recorded >= 5 and found.longest_ms > 0


def test_the_figures_are_those_of_all_ways_and_of_each() -> None:
    def under(motion: float, lost: int) -> Under:
        motions = {way: [motion] for way in SAID}
        return Under(motions, {way: [] for way in STOPPED}, lost, (3, 4), 5, 21.0)

    records = [under(10.0, 0).record(), under(30.0, 1).record()]
    assert [r["ok"] for r in records] == [True, False]
    found = figures(records)
    assert found["motions"]["n"] == 4 and found["motions"]["page"]["n"] == 2 and found["lost"] == 1
    assert found["motions"]["ms"]["p100"] == 30.0 and found["stops"]["n"] == 0


def test_it_is_a_cell_of_the_suite_reaction() -> None:
    (cell,) = (cell for cell in cells_of("reaction") if "under the console" in cell.name)
    assert cell.alone and cell.n * 40 == 5000
