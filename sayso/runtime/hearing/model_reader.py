"""What nobody here understands, read by a model in the background."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sayso.runtime.log import Heard

if TYPE_CHECKING:
    from sayso.planner.remote.corrections import RemoteCorrections, Situation
    from sayso.runtime.executive import Executive


class ModelReader:
    """Lets the ``model`` read, which may be None; newer words replace those that it reads."""

    def __init__(self, executive: Executive, model: RemoteCorrections | None) -> None:
        self._executive, self._model = executive, model
        self._unread: Heard | None = None

    @property
    def is_busy(self) -> bool:
        """Whether the model reads."""
        return self._model is not None and self._model.is_busy

    def forget(self) -> None:
        """Drop what is being read."""
        self._unread = None
        if self._model is not None:
            self._model.drop()

    def ask(self, heard: Heard, now: float) -> None:
        """Begin to read what was ``heard``, if nobody here understands it."""
        executive = self._executive
        if self._model is None:
            return
        if self._unread is not None:
            self.forget()
        stands = executive.runtime.loop.stopped or executive.dialogue.question is not None
        if heard.correction.level == "unknown" and not stands:
            from sayso.planner.remote.corrections import ASKING

            self._model.ask(heard.correction.text, self._situation(now))
            self._unread, heard.answer = heard, ASKING

    def take(self, now: float) -> Heard | None:
        """What was heard with the model's reading of it; None if there is none, or the arm was stopped meanwhile."""
        if self._model is None or self._unread is None or self._model.is_busy:
            return None
        found = self._model.poll(self._situation(now))
        if found is None:
            return None
        heard, self._unread = self._unread, None
        if self._executive.runtime.loop.stopped:  # only plain words move it again
            return None
        heard.correction, heard.answer = found, ""
        return heard

    def _situation(self, now: float) -> Situation:
        from sayso.planner.remote.corrections import Situation

        executive = self._executive
        assert executive.scene is not None
        motion = executive.override.motion(now) or executive.runtime.motion
        ahead, yaw = executive.supervisor.ahead, executive.operator.view.yaw
        return Situation(executive.instruction, executive.scene, ahead, motion, yaw)
