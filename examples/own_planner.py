"""A planner of your own: it puts every block into the nearest bowl, for any instruction.

From the command line: python -m sayso run "tidy up" --planner examples.own_planner:TidyPlanner
"""

import numpy as np

import sayso
from sayso.perception.scene import Scene
from sayso.planner.plan import Answer, Plan, Planner, Refusal, Relation, Subtask, Verb


class TidyPlanner(Planner):
    """Every block goes into the bowl that is nearest to it."""

    name = "tidy"

    def plan(
        self, instruction: str, scene: Scene, *, done: tuple[Subtask, ...] = (), deadline_s: float = 10.0
    ) -> Answer:
        """The remaining plan: a session asks again after a failure or a correction."""
        bowls = [thing for thing in scene.objects if thing.kind == "bowl"]
        if not bowls:
            return Refusal("there is no bowl to tidy into")
        finished = {step.object_id for step in done if step.verb is Verb.PLACE}
        steps: list[Subtask] = []
        for block in scene.objects:
            if block.kind != "block" or block.id in finished:
                continue
            bowl = min(bowls, key=lambda bowl: float(np.linalg.norm(bowl.position - block.position)))
            steps.append(Subtask(Verb.PICK, block.id, block.name))
            steps.append(Subtask(Verb.PLACE, block.id, block.name, Relation.IN, bowl.id, bowl.name))
        return Plan(tuple(steps))


if __name__ == "__main__":
    with sayso.Session(robot="sim", scene="tabletop", seed=0, planner=TidyPlanner()) as session:
        result = session.run("tidy up")
    print(result.outcome)
    for subtask in result.plan:
        print(f"{subtask.t:6.2f} s  {subtask.subtask}: {subtask.outcome}")
