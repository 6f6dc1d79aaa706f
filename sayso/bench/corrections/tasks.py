"""The tasks worth correcting, by name."""

from __future__ import annotations

from collections.abc import Mapping

from sayso.bench.corrections.by_words import BY_WORDS
from sayso.bench.corrections.choices import CHOICES
from sayso.bench.corrections.grips import GRIPS
from sayso.bench.corrections.speeds import SPEEDS
from sayso.bench.corrections.ways import WAYS
from sayso.bench.corrections.worth import WorthCorrecting

TASKS: Mapping[str, WorthCorrecting] = {task.name: task for task in (*GRIPS, *WAYS, *SPEEDS, *CHOICES, *BY_WORDS)}
