"""What a session remembers: its memory, and what the memory sees of a run."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from sayso.memory_store import MemoryFile, ReplayedMemory
from sayso.model_store import ModelStore
from sayso.names.looks_file import NAMES
from sayso.names.taught import taught_names
from sayso.perception.pipeline import Perception
from sayso.planner.memory.memory import Looks, Memory
from sayso.planner.memory.trail import Trail
from sayso.runtime.executive import Executive
from sayso.runtime.subscriber import Subscriber, Tick
from sayso.session.options import Options


class Watching(Subscriber):
    """Shows every scene of a run to the ``memory``'s trail of what is lifted."""

    def __init__(self, memory: Memory) -> None:
        self._memory = memory

    def ticked(self, tick: Tick) -> None:
        """Look for a thing that is lifted or set down."""
        self.trail.observe(tick.scene)

    @property
    def trail(self) -> Trail:
        """The trail of the memory; a new world begins another."""
        return self._memory.trail


def memory_for(robot: str, options: Options, tell: Callable[[str], None]) -> Memory:
    """The memory of a session of ``robot``, in the file that the options name, if any."""
    kept = options.memory
    if isinstance(kept, ReplayedMemory):
        return Memory(robot, kept, kept.now)
    return Memory(robot, MemoryFile(kept, tell) if isinstance(kept, Path) else None)


def looks_for(perception: Perception, store: ModelStore, options: Options, tell: Callable[[str], None]) -> Looks | None:
    """The looks of named things for a session, beside the file of its memory; None for a recorded one."""
    kept = options.memory
    if isinstance(kept, ReplayedMemory):
        return None
    return taught_names(perception, store, kept.parent / NAMES if isinstance(kept, Path) else None, tell)


def remember(memory: Memory, executive: Executive) -> None:
    """Tell the ``memory`` how the instruction ended."""
    question = executive.question.text if executive.question is not None else ""
    if executive.only_moves and executive.scene is not None and not executive.supervisor.steps:
        memory.moved_alone(executive.instruction, executive.scene, executive.outcome or "failed")
    else:
        executive.components.planner.ended(executive.outcome or "failed", executive.scene, question)
    if executive.scene is not None:
        memory.trail.observe(executive.scene)
