"""Builds the `RunResult` of a finished run."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from sayso.hardware.addresses import without_password
from sayso.hardware.world import ObjectTruth
from sayso.result import (
    Correction,
    Disturbance,
    ModelRequest,
    Motion,
    ObjectPose,
    PlanStep,
    Replan,
    RobotEvent,
    RunResult,
)
from sayso.runtime.runtime import MOTION_TICKS
from sayso.skills.policy import policy_rate
from sayso.stats import percentiles

if TYPE_CHECKING:
    from sayso.hardware.world import ObjectTruth
    from sayso.session.session import Session


def _bodies(truth: Mapping[str, ObjectTruth]) -> dict[str, ObjectPose]:
    def rounded(values: object) -> tuple[float, ...]:
        return tuple(round(float(v), 5) for v in values)  # type: ignore[attr-defined]

    return {k: ObjectPose(o.kind, o.color, rounded(o.position), rounded(o.quaternion)) for k, o in truth.items()}


UNREAD = "the simulator itself checks only what is picked up, or put in, on or beside something"


def why_unjudged(session: Session, before: Mapping[str, ObjectTruth] | None) -> str:
    """Why the simulator gives no verdict, in words."""
    if before is None:
        return "on a real arm only the robot itself can say whether it was done"
    if any(heard.correction.level == "subtask" for heard in session.executive.log.heard):
        return "a correction exchanged an object, so the instruction no longer says what was wanted"
    return UNREAD


def result_of(
    session: Session, instruction: str, start: float, before: Mapping[str, ObjectTruth] | None,
    after: Mapping[str, ObjectTruth] | None, success: bool | None, models: Mapping[str, str], missed: int,
) -> RunResult:  # fmt: skip
    """The `RunResult` of the instruction that began at ``start`` s on the robot's clock; times count from there.

    ``missed`` is the loop's count of missed ticks at that time.
    """
    executive = session.executive
    log, supervisor, stopped_at = executive.log, executive.supervisor, executive.command_executor.stopped_at

    events = (*session.backend.events, *executive.notices.events)
    end = session.robot.clock.now()
    if executive.outcome == "stopped" and stopped_at is not None:
        end = stopped_at

    def at(t: float) -> float:
        return round(t - start, 3)

    return RunResult(
        instruction=instruction,
        outcome=executive.outcome or "failed",
        success=success,
        robot=session.robot_name,
        planner=without_password(session.planner_name),
        seed=session.seed,
        duration_s=at(end),
        plan=tuple(PlanStep(at(s.began), str(s.subtask), s.outcome) for s in supervisor.steps),
        motions=tuple(Motion(at(m.t), m.text, m.source) for m in log.motions),
        corrections=tuple(
            Correction(
                max(0.0, at(h.t)), h.correction.text, h.correction.level, h.correction.read_as,
                None if h.latency_ms is None else round(h.latency_ms, 2),
            )
            for h in log.heard
        ),
        replans=tuple(
            Replan(at(r.t), r.level.value, r.reason, round(r.p, 3), r.cause, r.remedy) for r in supervisor.replans
        ),
        events=tuple(RobotEvent(at(e.t), e.text) for e in events if e.t >= start),
        question=executive.question.text if executive.question else None,
        options=executive.question.options if executive.question else (),
        refusal=executive.refusal.reason if executive.refusal else None,
        reply=executive.reply or None,
        rates={
            "loop_hz": session.robot.spec.control_hz,
            "policy_hz": policy_rate(session.robot.spec.control_hz),
            "motion_hz": policy_rate(session.robot.spec.control_hz) / MOTION_TICKS,
            "missed": session.runtime.loop.ticks_missed() - missed,
        },
        latency_ms={name: percentiles(values) for name, values in log.timings.items()},
        models=dict(models),
        success_reason=None if success is not None else why_unjudged(session, before),
        requests=tuple(
            ModelRequest(e.purpose, round(e.seconds, 3), e.status, e.usage.read, e.usage.written, e.cost)
            for e in session.exchanges
        ),
        disturbances=tuple(Disturbance(d.name, d.t, d.what) for d in session.director.happened)
        if session.director is not None
        else (),
        sim=None if before is None or after is None else {"before": _bodies(before), "after": _bodies(after)},
    )  # fmt: skip
