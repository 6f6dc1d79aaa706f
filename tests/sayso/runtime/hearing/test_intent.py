"""What words mean in the middle of a run, and how often the network is asked."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache

import pytest

from sayso.planner.corrections.reader import CorrectionReader
from sayso.planner.memory.memory import Memory
from sayso.planner.memory.planner import Remembering
from sayso.planner.reader import model
from sayso.planner.reader.source import Source
from sayso.runtime.hearing.intent import IntentReader
from tests.planner.memory.person import WORDS
from tests.sayso.runtime.parts import ExecutiveRig


@pytest.mark.parametrize("text", ["what do you see?", "which one is it?", "no, the green one"])
def test_the_network_reads_a_sentence_once_in_each_context(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    rig = ExecutiveRig()
    rig.drive(0.5)
    planner = Remembering(WORDS, WORDS, Memory("test"))
    rig.executive.components = replace(rig.executive.components, planner=planner)
    intents = IntentReader(rig.executive, CorrectionReader(WORDS.reader))
    sources: list[Source] = []

    class Counted(model._Decoder):
        def __init__(self, encoder: object, decoder: object, source: Source) -> None:
            sources.append(source)
            super().__init__(encoder, decoder, source)  # type: ignore[arg-type]

    monkeypatch.setattr(model, "_Decoder", Counted)
    monkeypatch.setattr(WORDS.reader, "_read_once", lru_cache(maxsize=4)(WORDS.reader._read))  # other tests read, too
    intents.read(text, rig.now)
    assert sources and len(sources) == len(set(sources))
