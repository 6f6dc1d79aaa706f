"""PyBullet behind the same robot and camera contracts: worlds, tasks, teacher, environments."""
