"""An emulated Franka control box: libfranka's servers and wire."""
