"""A person's session in the prompt, with a simulated arm: what was done and said is remembered."""

from __future__ import annotations

import math
from pathlib import Path

import pytest

from sayso.commands.prompt import Prompt
from sayso.memory_store import MemoryFile, ReplayedMemory
from sayso.planner.memory.entries import Done, Named, Standing
from sayso.session import Options, Session, SessionError


class Talk:
    """Types lines and waits until each has had its answer."""

    def __init__(self, session: Session) -> None:
        self.session, self.shown = session, list[str]()
        self._prompt = Prompt(session, self.shown.append)
        session.on_event(self._prompt.event)

    def type(self, line: str) -> str:
        """What is shown last after ``line``."""
        self.shown.clear()
        before = self.session.question
        self._prompt.take(line)
        while self.session.wait(0.01) is None and self.session.question in (None, before):
            pass
        if self.session.question is None:
            self._prompt.finish()
        return self.session.question.text if self.session.question is not None else self.shown[-1]

    def place(self, name: str) -> str | None:
        """What a thing is in, as the robot sees it."""
        from sayso.planner.language.symbolic_state import Surroundings

        scene = self.session.scene
        assert scene is not None
        below = scene.find(Surroundings(scene).under.get(next(o.id for o in scene.objects if o.name == name)))
        return None if below is None else below.name


def test_ten_sentences_at_the_prompt(tmp_path: Path) -> None:
    path = tmp_path / "memory.jsonl"
    options = Options(sees="truth", answer_s=math.inf, listen=False, memory=path)
    with Session(scene="tabletop", seed=4, options=options) as session:
        talk = Talk(session)
        assert talk.type("call the red one Betty") == "I call the red block Betty."
        assert talk.type("put Betty in the blue bowl").startswith("done in")
        assert talk.place("red block") == "blue bowl"
        assert talk.type("where is Betty?") == "The red block is in the blue bowl."
        assert talk.type("put it back").startswith("done in")
        assert talk.place("red block") is None
        assert talk.type("the same with the green one").startswith("done in")
        assert (talk.place("green block"), talk.place("red block")) == ("blue bowl", None)
        assert talk.type("never put the red block in the blue bowl").startswith("I keep to that from now on")
        assert talk.type("put Betty in the blue bowl").startswith(
            "You said “never put the red block in the blue bowl”, and I was about to"
        )
        assert talk.type("never mind") == "all right, I leave it"
        assert "Betty is the red block" in talk.type("what do you remember?")
        assert talk.type("up a bit").startswith("done in")
        assert talk.place("red block") is None
    kept = MemoryFile(path, print).entries()
    assert [e.name for e in kept if isinstance(e, Named)] == ["Betty"] and any(isinstance(e, Standing) for e in kept)
    assert [e.task for e in kept if isinstance(e, Done)][1] == "undo"
    with Session(scene="tabletop", seed=4, options=Options(sees="truth", listen=False, memory=path)) as session:
        asked = session.run("put Betty in the blue bowl")
        assert asked.outcome == "asked" and asked.question is not None and "You said" in asked.question
        assert session.run("who is Betty?").reply == "Betty is the red block. The red block is on the left, near to me."


def test_a_program_names_a_thing_and_a_recorded_run_remembers_the_same(tmp_path: Path) -> None:
    path = tmp_path / "memory.jsonl"
    with Session(scene="tabletop", seed=4, options=Options(sees="truth", listen=False, memory=path)) as session:
        with pytest.raises(SessionError, match="no object 'b1' is seen; there are: nothing yet"):
            session.name("b1", "Betty")
        scene = session.look()
        assert session.name(scene.objects[0].id, "Betty") == f"I call the {scene.objects[0].name} Betty"
        lines = session.memory.snapshot()
    recorded = ReplayedMemory(lines)
    with Session(scene="tabletop", seed=4, options=Options(sees="truth", listen=False, memory=recorded)) as again:
        assert str(again.run("who is Betty?").reply).startswith(f"Betty is the {scene.objects[0].name}. ")
        assert again.memory.snapshot() == lines
