# ruff: noqa: F403
"""The task language: what a sentence can mean to the robot, as typed values with one text each.

A sentence means an `Utterance`: a `Task`, a standing `Rule`, a question, or a correction of what is being done. Things
are *descriptions*; `sayso.planner.interpreter.grounding` finds them in the scene when they are needed. Sides and
directions are those of the person who speaks; ``near`` is nearest to that person, who stands behind the arm unless a
viewpoint is set. The classes in their order, by module, are the grammar that a trained reader holds to.
"""

from sayso.planner.task.values.actions import *
from sayso.planner.task.values.base import *
from sayso.planner.task.values.compositions import *
from sayso.planner.task.values.conditions import *
from sayso.planner.task.values.constraints import *
from sayso.planner.task.values.lengths import *
from sayso.planner.task.values.modifiers import *
from sayso.planner.task.values.places import *
from sayso.planner.task.values.things import *
from sayso.planner.task.values.utterances import *
from sayso.planner.task.values.words import *
