"""A library that is not installed, named with the extra that brings it."""

from __future__ import annotations

# By the module's name: what `pip install 'sayso[…]'` calls it. pyproject.toml has what each brings.
EXTRAS = {
    "torch": "train",
    "onnx": "train",
    "onnxscript": "train",
    "safetensors": "train",
    "scservo_sdk": "so101",
    "serial": "so101",
    "dynamixel_sdk": "koch",
    "rtde_control": "ur",
    "rtde_receive": "ur",
    "dashboard_client": "ur",
    "franky": "panda",
    "piper_sdk": "piper",
    "can": "piper",
    "websockets": "rosbridge",
    "pyrealsense2": "realsense",
    "xllamacpp": "vlm-test",
}
OWN = ("hardware", "perception", "planner", "sayso", "sim", "skills")


def what_is_missing(error: ImportError) -> str:
    """One line that names the library and how to install it; nothing if the error is of another kind."""
    module = (error.name or "").partition(".")[0]
    if not isinstance(error, ModuleNotFoundError) or not module or module in OWN:
        return ""
    if module in EXTRAS:
        return f"this needs the library {module}: pip install 'sayso[{EXTRAS[module]}]'"
    return f"this needs the library {module}, which is not installed: pip install {module}"
