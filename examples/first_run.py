"""One instruction, from camera pixels: the robot's belief and the simulator's verdict."""

import sayso

if __name__ == "__main__":
    with sayso.Session(robot="sim", scene="tabletop", seed=0) as session:
        result = session.run("put the red block in the blue bowl")

    print(f"the robot says {result.outcome}, the simulator says {result.success}")
    for subtask in result.plan:
        print(f"{subtask.t:6.2f} s  {subtask.subtask}: {subtask.outcome}")
    for motion in result.motions:
        print(f"{motion.t:6.2f} s  {motion.text}")
