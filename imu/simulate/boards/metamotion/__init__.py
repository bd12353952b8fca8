"""Virtual MetaMotion R, RL and S: boards that answer as the vendor's clients expect, worn by the runner.

    board = MetaMotion(MMS, wearer, "shank_left")
    board.connected(10.0, payload=20)
    board.write(COMMAND, bytes.fromhex("0b 84"), 10.1)
    board.notifications(10.2, room=4)

Modelled: discovery, accelerometer and gyroscope, single and packed streams, accounter and packer, loggers,
flash and download, device clock, battery, LED, settings, macros, resets. Assumed, as no real board was at
hand: every sentence that says so. Not modelled, accepted without an answer: sensor fusion, magnetometer,
barometer, light, button, timers, events, processors that read other processors.
"""

from imu.simulate.boards.metamotion.board import (
    COMMAND as COMMAND,
    NOTIFY as NOTIFY,
    MetaMotion as MetaMotion,
)
from imu.simulate.boards.metamotion.conditions import Faults as Faults, Habits as Habits
from imu.simulate.boards.metamotion.models import MMR as MMR, MMRL as MMRL, MMS as MMS, Model as Model

__all__ = ["COMMAND", "MMR", "MMRL", "MMS", "NOTIFY", "Faults", "Habits", "MetaMotion", "Model"]
