"""What has been spoken of: the things of "it", "them" and "the rest", and the names that people gave."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from sayso.perception.scene import SceneObject


@dataclass
class Discourse:
    """``groups`` are the things handled or named so far, oldest first; ``turn`` is the thing of `Each`.

    ``names`` maps the names that people gave, in lower case, to ids; ``spared`` are ids that must not be touched.
    """

    groups: list[tuple[str, ...]] = field(default_factory=list)
    places: list[str] = field(default_factory=list)
    names: Mapping[str, str] = field(default_factory=dict)
    spared: set[str] = field(default_factory=set)
    turn: str | None = None

    def speak_of(self, things: Sequence[SceneObject]) -> None:
        """Remember ``things`` as spoken of last."""
        if things:
            self.groups.append(tuple(o.id for o in things))

    @property
    def last(self) -> str | None:
        """The thing that "it" means."""
        return next((group[-1] for group in reversed(self.groups)), None)

    @property
    def last_several(self) -> tuple[str, ...]:
        """The things that "them" means: the last group of several, else all that was spoken of."""
        several = next((group for group in reversed(self.groups) if len(group) > 1), ())
        return several or tuple(dict.fromkeys(i for group in self.groups for i in group))

    @property
    def mentioned(self) -> frozenset[str]:
        """Everything spoken of."""
        return frozenset(i for group in self.groups for i in group) | frozenset(self.places)
