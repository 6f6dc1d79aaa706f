"""Training of networks and their export to ONNX; the only part of skills that needs torch. Start at ``policy.py``."""
