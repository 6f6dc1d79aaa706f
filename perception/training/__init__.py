"""The detector's torch network; the run time loads its ONNX export. Start at ``network.py``."""
