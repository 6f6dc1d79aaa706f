"""The parts that a session hands to its executive."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sayso.perception.pipeline import Perception
from sayso.planner.errors import Fallback
from sayso.planner.execution.critic import Critic
from sayso.planner.execution.motion_planner import MotionSource
from sayso.planner.execution.nudge import Nudges
from sayso.planner.outlook.critic import OutlookCritic
from sayso.planner.plan import Planner
from sayso.planner.remote.usage import Ledger
from sayso.runtime.planning import DEADLINE_S
from sayso.skills.policy import Policy

if TYPE_CHECKING:  # the values of the task language take 0.1 s to import
    from sayso.planner.corrections.reader import CorrectionReader
    from sayso.planner.dialogue.answers import AnswerReader
    from sayso.planner.remote.corrections import RemoteCorrections
    from sayso.planner.remote.motions import RemoteMotions


@dataclass(frozen=True, slots=True)
class Components:
    """The planner and the learned parts of the product.

    ``planner`` has ``deadline_s`` s of real time for an answer; ``fallback`` says what happens without one, ``local``
    plans then. ``spoken`` are the ``motions`` if a model says them; the
    ``model`` reads corrections that nobody here understands; the ``ledger`` keeps what model servers were asked.
    ``outlook`` is the critic that looks ahead.
    ``earlier``: the policy is from before grasps. ``nudges`` shift its goals.
    """

    policy: Policy
    motions: MotionSource
    critic: Critic
    planner: Planner
    perception: Perception
    deadline_s: float = DEADLINE_S
    fallback: Fallback | None = None
    local: Planner | None = None
    spoken: RemoteMotions | None = None
    model: RemoteCorrections | None = None
    ledger: Ledger | None = None
    corrections: CorrectionReader | None = None
    answers: AnswerReader | None = None
    outlook: OutlookCritic | None = None
    earlier: bool = False
    nudges: Nudges = field(default_factory=Nudges)
