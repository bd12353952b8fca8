"""One notification as one message."""

from collections.abc import Callable

from imu.devices.metamotion import fusion, log, macro, modules, processors, sampling, settings, stream
from imu.devices.metamotion.frame import READ, Unknown, malformed
from imu.devices.metamotion.modules import Board, Module

Message = (
    Unknown
    | modules.ModuleReply
    | stream.Samples
    | sampling.AccSetting
    | sampling.GyrSetting
    | log.LoggerCreated
    | log.LoggerFound
    | log.LogTime
    | log.LogLength
    | log.Entries
    | log.PageDone
    | log.Progress
    | processors.ProcessorCreated
    | processors.Processed
    | settings.BatteryState
    | settings.MacAddress
    | fusion.Corrected
    | fusion.Quaternion
    | fusion.Euler
    | fusion.Acceleration
    | macro.MacroBegun
)

_DECODERS: dict[bytes, Callable[[bytes], Message]] = {
    sampling.READ_GYR: sampling.decode_gyr_setting,
    bytes([Module.PROCESSOR, 0x02]): processors.decode_created,
    bytes([Module.PROCESSOR, 0x03]): processors.decode_processed,
    bytes([Module.LOG, 0x02]): log.decode_created,
    bytes([Module.LOG, READ | 0x02]): log.decode_found,
    log.READ_TIME: log.decode_time,
    log.READ_LENGTH: log.decode_length,
    bytes([Module.LOG, 0x07]): log.decode_entries,
    bytes([Module.LOG, 0x08]): log.decode_progress,
    bytes([Module.LOG, 0x0D]): log.decode_page,
    bytes([Module.MACRO, 0x02]): macro.decode_begun,
    settings.READ_BATTERY: settings.decode_battery,
    settings.READ_MAC: settings.decode_mac,
    **{output.header: fusion.decode_output for output in fusion.Output},
}


def decode(packet: bytes, board: Board) -> Message:
    """Any notification of this board. Raises ProtocolError for one that its register cannot carry."""
    if len(packet) < 2:
        raise malformed(packet, "a module and a register")
    header = packet[:2]
    if header[1] == READ:
        return modules.decode_module(packet)
    if (read := _DECODERS.get(header)) is not None:
        return read(packet)
    match header[0]:
        case Module.ACCELEROMETER if header == sampling.READ_ACC:
            return sampling.decode_acc_setting(packet, board.acc_chip)
        case Module.ACCELEROMETER:
            return _samples(packet, board, "acc")
        case Module.GYROSCOPE:
            return _samples(packet, board, "gyr")
    return Unknown(packet)


def _samples(packet: bytes, board: Board, signal: stream.Signal) -> stream.Samples | Unknown:
    for packed in (False, True):
        if packet[:2] == stream.output(board, signal, packed=packed).header:
            return stream.decode_samples(packet, signal, packed=packed)
    return Unknown(packet)
