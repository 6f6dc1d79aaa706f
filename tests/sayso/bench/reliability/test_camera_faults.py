"""The camera cells of `bench faults`: simulated views of a table, through streams and processes."""

from sayso.bench.reliability.camera_faults import blind
from sayso.bench.reliability.faults import cells
from sayso.hardware.cameras.health import Fault


def test_exchanged_views_of_one_table_are_told_apart() -> None:
    record = blind("so101", Fault.SWAPPED, 3)
    assert len(record["ms"]) == 1, "it was noticed; how soon is the benchmark's to say, on a quiet machine"


def test_every_fault_of_a_camera_has_its_cell() -> None:
    names = [name for name, *_ in cells("panda")]
    assert [n for n in names if n.startswith("D1")] == [f"D1 camera {f}, known" for f in Fault if f is not Fault.LATE]
