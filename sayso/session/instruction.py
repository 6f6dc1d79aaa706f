"""Executes one instruction of a session, from the first look to the result."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

from sayso.hardware.world import ObjectTruth, Task
from sayso.perception.pipeline import patiently
from sayso.perception.scene import Scene
from sayso.planner.execution.ending import in_hand
from sayso.planner.language.instruction_pace import without_pace
from sayso.planner.memory.planner import Remembering
from sayso.planner.task.english import plainly
from sayso.result import RunResult
from sayso.runtime.executive import Executive
from sayso.runtime.progress import Event, EventTeller, Progress
from sayso.session.disturbing import directing
from sayso.session.summary import result_of
from sayso.session.true_verdict import true_verdict

if TYPE_CHECKING:
    from sayso.session.session import Session

FIRST_LOOKS = 3
REST_S = 0.4  # for objects to come to rest before the verdict
# After these outcomes an arm with an empty hand lies down at the session's end; else it stays where it is.
ENDED_WELL = ("done", "asked", "refused", "failed")


def execute(
    session: Session, instruction: str, say: Sequence[tuple[float, str]], progress: Progress | None
) -> tuple[RunResult, int]:
    """Execute ``instruction``; return the result and the backend's count of stops when the arm came to a stand."""
    executive, backend, clock = session.executive, session.backend, session.robot.clock
    before, missed, stops = backend.truth(), session.runtime.loop.ticks_missed(), 0
    backend.begin()
    look(session)
    session.began = start = clock.now()
    session.commands.schedule([(start + t, text) for t, text in say])
    own = backend.task if backend.task.instruction == instruction else Task(instruction)
    limit_s = session.options.limit_s or own.limit_s
    executive.begin(instruction, limit_s)
    if executive.outcome is None:
        with _told(session, progress), directing(session.director, instruction):
            executive.run()
        stops = backend.stops()
        clock.sleep_until(clock.now() + REST_S)
    verdict = _verdict(session, before)
    session.take_exchanges()
    return result_of(session, instruction, start, before, backend.truth(), verdict, session.models, missed), stops


def may_lie_down(executive: Executive) -> bool:
    """Whether the arm lies down at the session's end: it would press a held object on the table and drop it."""
    return executive.outcome in ENDED_WELL and not executive.faulty and not in_hand(executive.scene)


def look(session: Session) -> Scene:
    """The scene from the first frames; the arm must stand."""
    clock = session.robot.clock
    for _ in range(FIRST_LOOKS):
        clock.sleep_until(clock.now() + 0.1)
        scene = patiently(session.runtime.observe, clock)
    return scene


@contextmanager
def _told(session: Session, progress: Progress | None) -> Iterator[None]:
    """Report to ``progress`` and to the session's listeners with times from the start on."""

    def tell(event: Event) -> None:
        if progress is not None:
            progress(event.t, event.line)
        for listener in tuple(session.listeners):
            listener(event)

    if progress is None and not session.listeners:
        yield
        return
    teller = EventTeller(session.executive, session.began, tell)
    session.runtime.subscribe(teller)
    try:
        yield
    finally:
        session.runtime.unsubscribe(teller)
        teller.finish()


def _verdict(session: Session, before: Mapping[str, ObjectTruth] | None) -> bool | None:
    """The world's verdict on the last instruction; None after a correction exchanged an object."""
    executive, backend = session.executive, session.backend
    if any(heard.correction.level == "subtask" for heard in executive.log.heard):
        return None
    asked = plainly(executive.instruction)
    found = backend.verdict(without_pace(asked) or asked, before, session.operator.view.yaw)
    after, planner, scene = backend.truth(), executive.components.planner, executive.scene
    if found is not None or before is None or after is None or scene is None or executive.only_moves:
        return found
    if not isinstance(planner, Remembering) or (task := planner.task) is None:
        return None
    return true_verdict(task, planner.words, before, after, scene.tool)
