"""Corrections while the arm moves: another direction first, then another object."""

import sayso

if __name__ == "__main__":
    # live: the simulation keeps real time, so that a person can speak while the arm moves.
    with sayso.Session(robot="sim", scene="tabletop", seed=0, live=True) as session:
        session.start("put the red block in the blue bowl")
        session.wait(1.5)  # the arm is on its way
        session.say("a bit to the left")
        session.wait(1.0)
        session.say("no, the green one")
        result = session.wait()

    assert result is not None
    print(f"the robot says {result.outcome}; {result.success_reason or result.success}")
    for said in result.corrections:
        print(f"{said.t:6.2f} s  “{said.text}” was read as: {said.read_as}")
    for subtask in result.plan:
        print(f"{subtask.t:6.2f} s  {subtask.subtask}: {subtask.outcome}")
