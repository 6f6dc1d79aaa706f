"""What the network reads: tokens, the words that can be copied, and numbers."""

from __future__ import annotations

from pathlib import Path

import pytest
from tokenizers import Tokenizer

from sayso.model_store import PACKAGED
from sayso.planner.reader.source import MAX_SAID, Context, forms_of, number_of, source_of
from sayso.planner.task.nouns import singular
from sayso.planner.task.text import parse
from sayso.planner.task.values import Task


@pytest.fixture(scope="module")
def tokenizer() -> Tokenizer:
    found = Tokenizer.from_file(str(Path(PACKAGED) / "reader-encoder-tokenizer.json"))
    found.no_padding()
    found.no_truncation()
    return found


def test_every_word_knows_its_first_token(tokenizer: Tokenizer) -> None:
    source = source_of("Don't put Mum's mug on the tablecloth!", Context(), tokenizer)
    assert source.words == ("Don't", "put", "Mum's", "mug", "on", "the", "tablecloth")
    firsts = [tokenizer.id_to_token(source.ids[i]) for i in source.heads]
    assert firsts[:4] == ["don", "put", "mum", "mug"]


def test_what_goes_on_is_a_second_segment(tokenizer: Tokenizer) -> None:
    doing = parse("put(the(cup), in(the(box)))", Task)
    source = source_of("faster", Context(doing, None, "Which one?"), tokenizer)
    told = tokenizer.decode(list(source.ids))
    assert "doing : put the cup in the box" in told and "asked : which one?" in told
    assert source.segments[0] == 0 and source.segments[-1] == 1


@pytest.mark.parametrize("said", ["", "?!", "word " * (MAX_SAID + 1)])
def test_no_words_and_too_many_are_refused(tokenizer: Tokenizer, said: str) -> None:
    with pytest.raises(ValueError, match="sentence"):
        source_of(said, Context(), tokenizer)


@pytest.mark.parametrize(
    ("word", "number"), [("3", 3), ("three", 3), ("third", 3), ("5cm", 5), ("0,5", 0.5), ("a", 1), ("block", None)]
)
def test_numbers_in_figures_and_words(word: str, number: float | None) -> None:
    assert number_of(word) == number


@pytest.mark.parametrize(
    ("noun", "one"),
    [
        ("Blocks", "block"), ("boxes", "box"), ("glass", "glass"), ("knives", "knife"), ("berries", "berry"),
        ("lunch boxes", "lunch box"), ("scissors", "scissors"), ("bus", "bus"), ("dishes", "dish"), ("toes", "toe"),
        ("bowl'll", "bowl"), ("Plate’s", "plate"),
    ],
)  # fmt: skip
def test_singulars(noun: str, one: str) -> None:
    assert singular(noun) == one


def test_a_noun_is_copied_in_the_singular_and_a_name_as_it_is() -> None:
    assert forms_of("Blocks", noun=True)[0] == "block"
    assert forms_of("Betty", noun=False)[0] == "Betty"
