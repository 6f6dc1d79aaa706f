"""Instructions become plans of subtasks, subtasks become language motions; a critic watches."""

if __name__ == "planner":
    raise ModuleNotFoundError("No module named 'planner'; it is sayso.planner", name="planner")
