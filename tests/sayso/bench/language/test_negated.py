"""The negated suite: its verdicts, its files and its cells."""

from __future__ import annotations

from pathlib import Path

import pytest

from sayso.bench.language.negated import DEVELOPMENT, FOLDER, Entry, figures, judge, load
from sayso.bench.suites import cells_of
from sayso.errors import UserError
from sayso.model_store import PACKAGED
from tests.misread import NEGATED

PUT = "put the red block in the blue bowl"


def verdict(kind: str, text: str, group: str = "plain", doing: str | None = PUT, **may: object) -> str:
    entry = Entry.model_validate({"kind": kind, "class": group, "text": text, "doing": doing, **may})
    return str(judge(entry, PACKAGED)["verdict"])


def test_an_instruction_is_right_asked_or_wrong() -> None:
    into = [["red block", "in", "blue bowl"]]
    assert verdict("instruction", PUT, may_place=into) == "right"
    assert verdict("instruction", f"only if it fits, {PUT}", may_place=into) == "asked"
    assert verdict("instruction", f"only if it fits, {PUT}") == "right"
    assert verdict("instruction", PUT, may_place=[["red block", "in", "pink bowl"]]) == "wrong"
    assert verdict("instruction", PUT) == "wrong"
    assert verdict("instruction", PUT, may_place=[*into, ["green block", "in", "pink bowl"]]) == "asked", "half of it"
    assert verdict("instruction", "pick up the red block", may_place=[["red block", "held", None]]) == "right"
    assert verdict("instruction", "move the red block left", may_place=[["the red block", "moved", ""]]) == "right"
    beside = [["red block", "beside", "green block"]]
    assert verdict("instruction", "put the red block left of the green block", may_place=beside) == "right"


def test_a_correction_is_judged_by_its_effect() -> None:
    assert verdict("correction", "left a bit", may_motion=["left"]) == "right"
    assert verdict("correction", "left a bit", may_motion=["stop"]) == "wrong"
    assert verdict("correction", "slower", may_motion=["slower"]) == "right"
    assert verdict("correction", "open the gripper", may_motion=["close"]) == "wrong"
    assert verdict("correction", "in a wider sweep", may_motion=["left"]) == "asked"
    assert verdict("correction", "that's right", may_motion=["go on"]) == "right"
    assert verdict("correction", "that's right", may_motion=["left"]) == "wrong", "a remark goes on"
    assert verdict("correction", "tell me a joke") == "right"
    assert verdict("correction", "no, the green one", may_motion=["swap to green block"]) == "right"
    assert verdict("correction", "no, the green one", may_motion=["swap to yellow block"]) == "wrong"
    other = "put the green block on the yellow block"
    assert verdict("correction", other, may_place=[["green block", "on", "yellow block"]]) == "right"
    assert verdict("correction", other, may_place=[["green block", "on", "red block"]]) == "wrong"
    assert verdict("correction", other) == "wrong"


def test_anything_but_a_stop_is_wrong_for_a_cry() -> None:
    assert verdict("correction", "ouch", "cry", may_motion=["stop"]) == "right"
    assert verdict("correction", "tell me a joke", "cry") == "wrong"


def test_an_idle_arm_answers_a_cry_by_holding_still() -> None:
    assert verdict("instruction", "ouch, my finger!", "cry") == "right"
    assert verdict("instruction", PUT, "cry") == "wrong"


def test_the_development_set_holds_plain_and_other_sentences() -> None:
    entries = load(DEVELOPMENT)
    plain = [e for e in entries if e.group == "plain"]
    assert len(plain) >= 150 and len(entries) - len(plain) >= 150
    assert len({(e.kind, e.text) for e in entries}) == len(entries)


def wrong(records: list[dict[str, object]]) -> list[str]:
    """The sentences of ``records`` that were carried out against their meaning."""
    return [str(r["text"]) for r in records if r["verdict"] == "wrong"]


def test_of_the_development_set_nothing_is_carried_out_against_its_meaning() -> None:
    records = [judge(e, PACKAGED) for e in load(DEVELOPMENT)]
    known = NEGATED[DEVELOPMENT.name]
    assert wrong(records) == known and figures(records)["confidently wrong"]["n"] == len(known)
    plain = [r for r, e in zip(records, load(DEVELOPMENT), strict=True) if e.group == "plain"]
    assert sum(r["ok"] for r in plain) >= 0.95 * len(plain), [r for r in plain if not r["ok"]]


@pytest.mark.parametrize("name", ["negated_first.json", "negated_second.json", "negated_third.json"])
def test_of_the_sets_by_other_hands_nothing_is_carried_out_against_its_meaning(name: str) -> None:
    records = [judge(e, PACKAGED) for e in load(FOLDER / name)]
    assert wrong(records) == NEGATED[name]


def test_cells_by_class_and_total_the_wrong_first(tmp_path: Path) -> None:
    file = tmp_path / "some.json"
    file.write_text(
        '[{"kind": "instruction", "class": "negated", "text": "never stack the blocks", "may_place": []},'
        f' {{"kind": "instruction", "class": "mixed", "text": "{PUT}", "may_place": []}}]'
    )
    cells = cells_of("negated", file=file)
    assert [(c.name, c.n) for c in cells[:3]] == [
        ("all, nothing against its meaning", 2),
        ("negated, nothing against its meaning", 1),
        ("mixed, nothing against its meaning", 1),
    ]
    assert [bool(c.episode(0)["ok"]) for c in cells[:3]] == [True, True, False]
    summed = cells[0].figures([cells[0].episode(i) for i in range(2)])
    assert summed["confidently wrong"]["n"] == 1 and summed["wrong"][0].startswith(PUT)


def test_a_file_that_holds_no_sentences_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="cannot read"):
        load(tmp_path / "none.json")
    (tmp_path / "bad.json").write_text('[{"kind": "order"}]')
    with pytest.raises(UserError, match="holds no sentences: 0"):
        load(tmp_path / "bad.json")
    with pytest.raises(ValueError, match="--file is for negated"):
        cells_of("ladder", file=tmp_path)
