"""Makes lerobot-so101 beside this file with LeRobot's own library (0.4.4), from two runs in simulation.

The runs are "put the red block in the blue bowl" with seeds 0 and 1:
    sayso run "put the red block in the blue bowl" --robot sim:so101 --seed 0 --pictures --no-video --out RUN0
LeRobot gets joints and gripper in its own units, the commanded positions as action, and small pictures; no language.
    python make_lerobot_so101.py RUN0 RUN1
"""

import sys
from pathlib import Path

import av
import cv2
import numpy as np
import pyarrow.parquet as pq
from lerobot.datasets.lerobot_dataset import LeRobotDataset

HERE = Path(__file__).parent
JOINTS = ["shoulder_pan", "shoulder_lift", "elbow_flex", "wrist_flex", "wrist_roll", "gripper"]
TASK = "Grab the red block and put it in the blue bowl."

numbers = {"dtype": "float32", "shape": (6,), "names": [f"{joint}.pos" for joint in JOINTS]}
picture = {"dtype": "video", "shape": (32, 48, 3), "names": ["height", "width", "channels"]}
made = LeRobotDataset.create(
    "sayso/lerobot-so101", fps=25, root=HERE / "lerobot-so101", robot_type="so101_follower",
    features={"observation.state": numbers, "action": numbers, "observation.images.front": picture},
)  # fmt: skip
for run in map(Path, sys.argv[1:]):
    rows = pq.read_table(run / "episode/data/chunk-000/file-000.parquet", columns=["observation.state", "action"])
    with av.open(str(sorted(run.glob("episode/videos/*/chunk-000/file-000.mp4"))[0])) as video:
        frames = [frame.to_ndarray(format="rgb24") for frame in video.decode(video=0)]
    for state, action, frame in zip(*(rows[name].to_pylist() for name in rows.column_names), frames, strict=True):
        small = cv2.resize(frame, (48, 32), interpolation=cv2.INTER_AREA)
        made.add_frame({
            "observation.state": np.float32(state), "action": np.float32(action),
            "observation.images.front": small, "task": TASK,
        })  # fmt: skip
    made.save_episode()
made.finalize()
