"""Puts a session together: the backend of a robot's name, the models that move its arm, and the planner."""

from __future__ import annotations

import socket
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from sayso.backends.backend import Backend
from sayso.backends.real import RealBackend
from sayso.backends.resolve_robot import resolve_robot
from sayso.backends.simulated_arms import simulated_arm, simulated_robots
from sayso.hardware.drivers.open import driver_names
from sayso.hardware.near_miss import suggestion
from sayso.hardware.world import World
from sayso.hardware.worlds.open import WORLD, open_world, world_name
from sayso.model_sizes import MODEL_SIZES
from sayso.model_store import ModelStore
from sayso.perception.pipeline import Perception, PerceptionPipeline
from sayso.planner.checks.heeding import Heeding
from sayso.planner.corrections.reader import CorrectionReader
from sayso.planner.dialogue.answers import AnswerReader
from sayso.planner.errors import Fallback
from sayso.planner.execution.critic import Critic
from sayso.planner.execution.habits import HabitualMotions
from sayso.planner.execution.motion_planner import MotionPlanner
from sayso.planner.execution.nudge import Nudges
from sayso.planner.local import LocalPlanner
from sayso.planner.memory.memory import Memory
from sayso.planner.memory.planner import Remembering
from sayso.planner.outlook.critic import OUTLOOK_LOGITS, OutlookCritic
from sayso.planner.outlook.signs import SIGNS
from sayso.planner.plan import Planner
from sayso.planner.reader.asking import Asking
from sayso.planner.remote.address import Spec, is_remote
from sayso.planner.remote.corrections import RemoteCorrections
from sayso.planner.remote.motions import RemoteMotions
from sayso.planner.remote.planner import RemotePlanner
from sayso.planner.task.things import colors_meant, kinds_meant
from sayso.planners import load_planner
from sayso.runtime.components import Components
from sayso.session.options import Options, SessionError
from sayso.skills.policy import OnnxPolicy
from sayso.skills.posture import standing_policy

if TYPE_CHECKING:  # loaded by a session that needs them: a real arm needs no simulator, words need no network
    from onnxruntime import InferenceSession

    from sayso.sim.scenes.scene_spec import SceneSpec


def simulated_backend(
    robot: str, world: World | None, scene: str | Path | SceneSpec | None, seed: int, task: str | None,
    options: Options, store: ModelStore, live: bool, closing: ExitStack,
) -> Backend:  # fmt: skip
    """The backend of ``world``, or of the world of the ``robot``'s name, which ``closing`` closes."""
    if world is None:
        world = _world(robot, scene)
        closing.callback(world.close)
    from sayso.backends.simulated import SimBackend

    return SimBackend(world, seed, store, task, sees=options.sees, film=options.film, live=live, eyes=options.eyes)


def real_backend(
    robot: str, port: str | None, cameras: Sequence[str], mode: str | None, live: bool, options: Options,
    store: ModelStore, tell: Callable[[str], None],
) -> Backend:  # fmt: skip
    """The backend of a real arm, which nothing has connected yet."""
    found = resolve_robot(robot, port, cameras, mode, live)
    return RealBackend(found, store, tell, film=options.film, hold_to_run=options.hold_to_run, eyes=options.eyes)


def check_simulated(robot: str, **options: object) -> None:
    """Raise `SessionError` if one of a real arm's ``options`` is given."""
    if given := " or ".join(name for name, value in options.items() if value):
        raise SessionError(f"{robot} is simulated and has no {given}; leave that out, or name a real robot")


OUTLOOK = "outlook"
READING = ("reader-encoder", "reader-decoder")
"""The models that read what people say."""


def components_for(
    backend: Backend, planner: str | Planner, store: ModelStore, options: Options, memory: Memory,
    real_time: bool = False,
) -> tuple[Components, dict[str, str]]:  # fmt: skip
    """The planner with its ``memory``, the learned parts for the arm, and the digests of all models in use by name.

    Without ``real_time`` a model that says the motions is waited for.
    """
    if planner == "local" and options.planner_fallback is not None:
        raise SessionError("the local planner always answers; leave the fallback out")
    arm = backend.arm
    words = LocalPlanner(store.root, asking=Asking(options.caution))
    used = [*backend.seen_with, f"policy-{arm}", f"motion-{arm}", f"critic-{arm}", *READING]
    outlook = outlook_critic(store, arm)
    used += [OUTLOOK] if outlook is not None else []
    digests = {name: store.card(name).digest for name in used}

    def load(part: str) -> InferenceSession:
        return store.load(f"{part}-{arm}", MODEL_SIZES[part](backend.robot.spec.dof))

    corrections = CorrectionReader(words.reader)
    motions, spoken = HabitualMotions(MotionPlanner(load("motion")), lambda: memory.habits, arm), None
    chosen = _planner(planner, words, backend.perception) if isinstance(planner, str) else Heeding(planner)
    model, ledger = None, None
    if isinstance(chosen, RemotePlanner):
        chosen.names_given = partial(_take_names, backend.perception)
        ledger = chosen.chat.ledger
        ledger.prices = options.planner_prices
        model = RemoteCorrections(chosen.chat, kinds_meant, colors_meant, chosen.image, options.planner_deadline_s)
        if isinstance(planner, str) and Spec.of(planner).motions:
            local = motions if options.planner_fallback is Fallback.LOCAL else None
            spoken = RemoteMotions(
                chosen.chat, chosen.image, deadline_s=options.planner_deadline_s, local=local, waits=not real_time
            )
    policy = OnnxPolicy(load("policy"))
    components = Components(
        policy=standing_policy(policy, backend.robot.spec),
        motions=spoken or motions,
        critic=Critic(load("critic")),
        planner=Remembering(chosen, words, memory),
        perception=backend.perception,
        corrections=corrections,
        answers=AnswerReader(words.reader),
        outlook=outlook,
        deadline_s=options.planner_deadline_s,
        fallback=options.planner_fallback,
        local=Remembering(words, words, memory),
        spoken=spoken,
        model=model,
        ledger=ledger,
        earlier=policy.earlier,
        nudges=Nudges(lambda: memory.habits, arm),
    )
    corrections.warm_up()
    return components, digests


def outlook_critic(store: ModelStore, arm: str) -> OutlookCritic | None:
    """The critic that looks ahead, with the threshold on its card for ``arm``; None for models without it.

    An arm without a threshold of its own, which the critic has not seen, has the highest.
    """
    if OUTLOOK not in store.names():
        return None
    session = store.load(OUTLOOK, {"signs": SIGNS, "logits": OUTLOOK_LOGITS})
    scores = store.card(OUTLOOK).scores
    thresholds: dict[str, float] = scores.get("thresholds") or {"": scores["threshold"]}  # older models have one
    return OutlookCritic(session, thresholds.get(arm, max(thresholds.values())), scores.get("remedies"))


def _take_names(perception: Perception, names: Mapping[str, str]) -> None:
    """Put the names that a model gave to things into the scene."""
    if isinstance(perception, PerceptionPipeline) and perception.namer is not None:
        perception.namer.take(names)


def _world(robot: str, scene: str | Path | SceneSpec | None) -> World:
    """The world of the robot's name: another package's, or this project's table."""
    if (name := world_name(robot)) is not None:
        if scene is not None:
            raise SessionError(f"{robot} sets up its own scenes; leave the scene out")
        return open_world(name)
    arm = simulated_arm(robot)
    if arm is None or (robot not in simulated_robots() and not Path(arm).exists()):
        near = suggestion(robot, simulated_robots())
        raise SessionError(f"no robot '{robot}'; there are: {_robots()}{near}")
    from sayso.sim.table_world import TableWorld

    return TableWorld(arm, scene)


def _robots() -> str:
    return ", ".join([*simulated_robots(), "sim:FOLDER with arm.json", f"{WORLD}:NAME", *driver_names()])


def _planner(name: str, words: LocalPlanner, perception: Perception) -> Planner:
    if name == "local":
        return words
    if is_remote(name):
        _check_host(Spec.of(name).url)
        image = perception.frame if isinstance(perception, PerceptionPipeline) else None
        return RemotePlanner.from_spec(name, image=image)
    return load_planner(name)


def _check_host(url: str) -> None:
    """Raise `SessionError` for an unknown host now: the planner asks it only when the arm is ready."""
    host = urlsplit(url).hostname
    try:
        if host:
            socket.getaddrinfo(host, None)
    except OSError as error:
        raise SessionError(f"the planner's host '{host}' is not known: {error.strerror or error}") from error
