"""Sayso says that it understands English only to another language, and not to bad English."""

from __future__ import annotations

import pytest

from sayso.planner.language.foreign import ENGLISH_ONLY
from sayso.planner.plan import Plan
from tests.planner.local_scenes import TABLE
from tests.planner.memory.person import WORDS


@pytest.mark.parametrize(
    "text",
    [
        "stell den grünen Block auf den gelben", "mets le bloc rouge dans le bol bleu", "zet het rode blok in de kom",
        "pon el bloque rojo en el cuenco azul", "metti il blocco rosso nella ciotola blu",
    ],
)  # fmt: skip
def test_another_language_is_told_so(text: str) -> None:
    answer = WORDS.plan(text, TABLE)
    assert not isinstance(answer, Plan)
    assert str(getattr(answer, "text", getattr(answer, "reason", ""))).startswith(ENGLISH_ONLY)


@pytest.mark.parametrize(
    "text",
    ["gie us the broon yin", "chuck dat block in da bowl", "red block pink bowl", "frobnicate the wizzle", "dance"],
)
def test_bad_english_is_not(text: str) -> None:
    assert ENGLISH_ONLY not in str(WORDS.plan(text, TABLE))
