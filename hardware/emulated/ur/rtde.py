"""Protocol of Universal Robots' Real-Time Data Exchange, version 2: packages, recipes and variable types.

Source: Universal Robots, "Real-Time Data Exchange (RTDE) Guide".
"""

from __future__ import annotations

import struct
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

VERSION = 2
MAX_PACKAGE = 4096
Value = float | int | bool | Sequence[float] | Sequence[int]

_FORMATS = {
    "BOOL": "?", "UINT8": "B", "UINT32": "I", "UINT64": "Q", "INT32": "i", "DOUBLE": "d",
    "VECTOR3D": "3d", "VECTOR6D": "6d", "VECTOR6INT32": "6i", "VECTOR6UINT32": "6I",
}  # fmt: skip
_OUTPUTS = {
    "DOUBLE": "timestamp actual_execution_time speed_scaling target_speed_fraction actual_momentum"
    " actual_main_voltage actual_robot_voltage actual_robot_current payload"
    " standard_analog_input0 standard_analog_input1 standard_analog_output0 standard_analog_output1",
    "VECTOR6D": "target_q target_qd target_qdd target_current target_moment actual_q actual_qd actual_qdd"
    " actual_current actual_current_as_torque actual_moment joint_control_output actual_TCP_pose actual_TCP_speed"
    " actual_TCP_force target_TCP_pose target_TCP_speed joint_temperatures actual_joint_voltage ft_raw_wrench"
    " payload_inertia",
    "VECTOR3D": "actual_tool_accelerometer payload_cog",
    "INT32": "robot_mode safety_mode safety_status",
    "VECTOR6INT32": "joint_mode",
    "UINT32": "runtime_state robot_status_bits safety_status_bits output_bit_registers0_to_31"
    " output_bit_registers32_to_63",
    "UINT64": "actual_digital_input_bits actual_digital_output_bits",
}
_INPUTS = {
    "UINT32": "speed_slider_mask input_bit_registers0_to_31 input_bit_registers32_to_63",
    "DOUBLE": "speed_slider_fraction standard_analog_output_0 standard_analog_output_1",
    "UINT8": "standard_digital_output_mask configurable_digital_output_mask standard_digital_output"
    " configurable_digital_output standard_analog_output_mask standard_analog_output_type"
    " tool_digital_output_mask tool_digital_output",
    "VECTOR6D": "external_force_torque",
}
_REGISTERS = (("int", "INT32", 48), ("double", "DOUBLE", 48), ("bit", "BOOL", 128))


def _table(direction: str, groups: Mapping[str, str]) -> dict[str, str]:
    registers = {f"{direction}_{kind}_register_{i}": t for kind, t, count in _REGISTERS for i in range(count)}
    return {name: t for t, names in groups.items() for name in names.split()} | registers


OUTPUT_TYPES = _table("output", _OUTPUTS)
INPUT_TYPES = _table("input", _INPUTS)
# Clients may also read back the input registers.
OUTPUT_TYPES |= {name: t for name, t in INPUT_TYPES.items() if "_register" in name}


@dataclass(frozen=True, slots=True)
class Recipe:
    """An ordered list of variables sent together; ``types`` has NOT_FOUND for an unknown variable."""

    names: tuple[str, ...]
    types: tuple[str, ...]

    @classmethod
    def of(cls, text: bytes, known: Mapping[str, str]) -> Recipe:
        """Parse a client's comma-separated variable names; empty names are ignored."""
        names = tuple(name for name in text.decode(errors="replace").strip("\0").split(",") if name)
        return cls(names, tuple(known.get(name, "NOT_FOUND") for name in names))

    @property
    def valid(self) -> bool:
        """Whether there is at least one variable, and all are known."""
        return bool(self.names) and "NOT_FOUND" not in self.types

    def answer(self, number: int) -> bytes:
        """The answer to a set-up request: the recipe's number, 0 if it is invalid, and the types."""
        return bytes([number if self.valid else 0]) + ",".join(self.types).encode()

    def pack(self, values: Mapping[str, Value]) -> bytes:
        """The variables' bytes; zero for a variable missing from ``values``."""
        out = b""
        for name, kind in zip(self.names, self.types, strict=True):
            code = struct.Struct(">" + _FORMATS[kind])
            value = values.get(name)
            if value is None:
                out += bytes(code.size)
            else:
                out += code.pack(*value) if isinstance(value, Sequence) else code.pack(value)
        return out

    def unpack(self, data: bytes) -> dict[str, Value]:
        """The variables of a data package. Raises struct.error for a wrong length."""
        found = iter(struct.unpack(">" + "".join(_FORMATS[kind] for kind in self.types), data))
        out: dict[str, Value] = {}
        for name, kind in zip(self.names, self.types, strict=True):
            count = int(_FORMATS[kind][0]) if _FORMATS[kind][0].isdigit() else 1
            out[name] = next(found) if count == 1 else [next(found) for _ in range(count)]
        return out


def package(kind: bytes, payload: bytes) -> bytes:
    """A package: size and one-letter kind before the payload."""
    return struct.pack(">Hc", len(payload) + 3, kind) + payload


def packages(buffer: bytearray) -> Iterator[tuple[bytes, bytes]]:
    """Remove complete packages (kind, payload) from the front of ``buffer``. Raises ValueError for an invalid size."""
    while len(buffer) >= 3:
        size, kind = struct.unpack_from(">Hc", buffer)
        if not 3 <= size <= MAX_PACKAGE:
            raise ValueError(f"a package of {size} bytes")
        if len(buffer) < size:
            return
        payload = bytes(buffer[3:size])
        del buffer[:size]
        yield kind, payload
