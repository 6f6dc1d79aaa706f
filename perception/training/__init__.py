"""The detector's network as torch trains it; the run time loads its ONNX export instead."""
