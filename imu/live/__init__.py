"""A run while it happens: blocks of samples in, finished strides out.

session = LiveSession({"shank_left": {"acc_range_g": 16}, "shank_right": {}, "pelvis": {}})
session.feed("shank_left", samples)
session.strides(), session.state
"""

from imu.live.session import LiveSession as LiveSession
from imu.live.state import LiveState as LiveState

__all__ = ["LiveSession", "LiveState"]
