"""Episodes on disk as a LeRobotDataset v3.0, with numpy, pyarrow and av only. Start at ``writer.py``."""

from sayso.skills.dataset.language import words_fit
from sayso.skills.dataset.layout import DatasetError, DatasetLocked
from sayso.skills.dataset.reader import load_columns, read_episodes
from sayso.skills.dataset.writer import DatasetWriter

__all__ = ["DatasetError", "DatasetLocked", "DatasetWriter", "load_columns", "read_episodes", "words_fit"]
