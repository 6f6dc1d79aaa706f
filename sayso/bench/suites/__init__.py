"""The benchmark suites: cells, episodes, and figures from records."""

from sayso.bench.suites.cell import CellPlan, Record, models_of
from sayso.bench.suites.registry import SUITES, cells_of

__all__ = ["SUITES", "CellPlan", "Record", "cells_of", "models_of"]
