"""Language motions and the learned policy that carries them out."""

if __name__ == "skills":
    raise ModuleNotFoundError("No module named 'skills'; it is sayso.skills", name="skills")
