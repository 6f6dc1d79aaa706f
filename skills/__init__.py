"""Language motions and the learned policy that executes them. Start at ``motion.py``, then ``policy.py``."""

if __name__ == "skills":
    raise ModuleNotFoundError("No module named 'skills'; it is sayso.skills", name="skills")
