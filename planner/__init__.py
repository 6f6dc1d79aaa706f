"""Instructions become plans of subtasks, subtasks become language motions; a critic watches."""
