"""The protocol of MetaMotion R, RL and S: bytes and messages, no I/O.

Commands are functions and constants of the module they belong to; `decode` reads any notification. The
facts come from watching what the vendor's software sends and reads; see docs/metamotion.md.
"""

from imu.devices.metamotion import (
    debug as debug,
    fusion as fusion,
    gatt as gatt,
    led as led,
    log as log,
    macro as macro,
    processors as processors,
    sampling as sampling,
    settings as settings,
    stream as stream,
)
from imu.devices.metamotion.decoder import decoder as decoder
from imu.devices.metamotion.frame import Unknown as Unknown
from imu.devices.metamotion.modules import (
    Board as Board,
    Module as Module,
    ModuleReply as ModuleReply,
    board_from as board_from,
    discovery as discovery,
)
from imu.devices.metamotion.notification import Message as Message, decode as decode
from imu.devices.metamotion.pairing import LoggedSample as LoggedSample, Pairing as Pairing
