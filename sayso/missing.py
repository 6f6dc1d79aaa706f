"""Messages for missing libraries, with the extra that installs them."""

from __future__ import annotations

# Module name → extra in pyproject.toml.
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
    "fastapi": "console",
    "uvicorn": "console",
    "faster_whisper": "speech",
    "mcap": "mcap",
    "rerun": "rerun",
    "xllamacpp": "vlm-test",
}
OWN = ("hardware", "perception", "planner", "sayso", "sim", "skills")


def what_is_missing(error: ImportError) -> str:
    """One line with the library and how to install it; "" for another kind of error."""
    module = (error.name or "").partition(".")[0]
    if not isinstance(error, ModuleNotFoundError) or not module or module in OWN:
        return ""
    if module in EXTRAS:
        return f"this needs the library {module}: pip install 'sayso[{EXTRAS[module]}]'"
    return f"this needs the library {module}, which is not installed: pip install {module}"
