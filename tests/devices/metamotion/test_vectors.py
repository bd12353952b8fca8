"""Every recorded vector: commands byte for byte, answers value for value."""

from collections.abc import Callable, Sequence

import pytest

from imu.devices.metamotion import fusion, led, log, macro, processors, sampling, settings, stream
from imu.devices.metamotion.debug import (
    DISCONNECT,
    JUMP_TO_BOOTLOADER,
    POWER_SAVE,
    REMOVE_EVENTS,
    RESET,
    RESET_AFTER_COLLECTION,
    TEAR_DOWN,
)
from imu.devices.metamotion.modules import Module, decode_module
from imu.devices.metamotion.protocol import Board, Pairing, board_from, decode, discovery
from tests.devices.metamotion.boards import MODELS, board_named
from tests.devices.metamotion.vectors import FILE, Vector, load

Check = Callable[[Vector, Board], None]
VECTORS = load()
ACC, GYR = Module.ACCELEROMETER, Module.GYROSCOPE
MODES = {
    "sleep": fusion.Mode.SLEEP,
    "ndof": fusion.Mode.NDOF,
    "imu_plus": fusion.Mode.IMU_PLUS,
    "compass": fusion.Mode.COMPASS,
    "m4g": fusion.Mode.M4G,
}
PRESETS = {"solid": led.SOLID, "blink": led.BLINK, "pulse": led.PULSE}
LOGGERS = {
    log.Source.ACCELERATION: (0, 1),
    log.Source.ANGULAR_VELOCITY: (2, 3),
    log.Source.QUATERNION: (4, 5, 6, 7),
}
SOURCES_IN_VECTORS = {"acc": log.Source.ACCELERATION, "gyro": log.Source.ANGULAR_VELOCITY}


def sends(*commands: bytes) -> Check:
    def check(vector: Vector, board: Board) -> None:
        del board
        assert list(vector.commands) == list(commands)

    return check


def check_discovery(vector: Vector, board: Board) -> None:
    assert list(vector.commands) == [*discovery(), log.READ_TIME]
    described = board_from(vector.inputs["model_number"], map(decode_module, vector.responses))
    assert described.model == MODELS[vector.board]
    for module in Module:
        assert described.implementation(module) == board.implementation(module)


def check_lookup(vector: Vector, board: Board) -> None:
    expected = vector.decoded["implementation"]
    assert board.implementation(vector.inputs["module"]) == (None if expected == -1 else expected)


def check_acc_config(vector: Vector, board: Board) -> None:
    setting = sampling.AccSetting(vector.inputs["odr_hz"], vector.inputs["range_g"])
    (command,) = vector.commands
    assert sampling.configure_acc(setting, board.acc_chip) == command
    assert decode(sampling.READ_ACC + command[2:], board) == setting


def check_gyr_config(vector: Vector, board: Board) -> None:
    setting = sampling.GyrSetting(vector.inputs["odr_hz"], vector.inputs["range_dps"])
    (command,) = vector.commands
    assert sampling.configure_gyr(setting) == command
    assert decode(sampling.READ_GYR + command[2:], board) == setting


def check_stream(signal: stream.Signal, *, packed: bool) -> Check:
    def check(vector: Vector, board: Board) -> None:
        output = stream.output(board, signal, packed=packed)
        assert list(vector.commands) == [output.switch(on=True)]
        samples = []
        for response in vector.responses:
            message = decode(response, board)
            assert isinstance(message, stream.Samples)
            assert message.signal == signal
            samples += message.counts.tolist()
        assert samples == vector.inputs["raw_xyz"]
        if signal == "acc":
            lsb = sampling.acc_lsb_per_g(vector.inputs["range_g"])
        else:
            lsb = sampling.gyr_lsb_per_dps(vector.inputs["range_dps"])
        assert_close([[count / lsb for count in sample] for sample in samples], vector.decoded["samples"])

    return check


def check_log_start(vector: Vector, board: Board) -> None:
    del board
    assert list(vector.commands) == [
        log.overwrite_when_full(bool(vector.inputs["overwrite"])),
        log.START,
    ]


def check_clear(vector: Vector, board: Board) -> None:
    assert list(vector.commands) == list(log.clear_entries(board))


def check_create(vector: Vector, board: Board) -> None:
    triggers = log.triggers(log.Source(vector.inputs["signal"]), board)
    assert list(vector.commands) == [log.create_logger(trigger) for trigger in triggers]
    created = [decode(response, board) for response in vector.responses]
    assert created == [log.LoggerCreated(logger) for logger in vector.decoded["ids"]]


def check_identifiers(vector: Vector, board: Board) -> None:
    firsts = [log.triggers(source, board)[0] for source in log.Source]
    assert [log.source_of(trigger, board) for trigger in firsts] == vector.decoded


def check_time(vector: Vector, board: Board) -> None:
    assert list(vector.commands) == [log.READ_TIME]
    (response,) = vector.responses
    time = decode(response, board)
    assert time == log.LogTime(vector.decoded["tick"], vector.decoded["reset_uid"])
    assert isinstance(time, log.LogTime)
    assert time.since_boot_ms == vector.decoded["ms_since_boot"]


def check_ticks(vector: Vector, board: Board) -> None:
    del board
    assert [log.ms_of(tick) for tick in vector.inputs["ticks"]] == vector.decoded


def check_remove_logger(vector: Vector, board: Board) -> None:
    del board
    assert list(vector.commands) == [log.remove_logger(logger) for logger in vector.inputs["ids"]]


def check_download(vector: Vector, board: Board) -> None:
    length, notifications = vector.inputs["log_length"], vector.inputs["n_notifies"]
    paged = [log.NOTIFY_PAGES] if board.revision(Module.LOG) == 2 else []
    assert list(vector.commands) == [
        log.NOTIFY_PROGRESS,
        *paged,
        log.NOTIFY_ENTRIES,
        log.READ_LENGTH,
        log.read_entries(length, notifications=notifications),
    ]
    pairing = Pairing({str(source): loggers for source, loggers in LOGGERS.items()})
    samples, unknown, progress, answers = [], [], [], []
    for response in vector.responses:
        match decode(response, board):
            case log.LogLength(entries):
                assert entries == length
            case log.Entries(entries):
                samples += [sample for entry in entries if (sample := pairing.receive(entry))]
                known = {logger for loggers in LOGGERS.values() for logger in loggers}
                unknown += [[e.logger, e.data.hex()] for e in entries if e.logger not in known]
            case log.Progress(left):
                progress.append([left, length])
            case log.PageDone():
                answers.append(log.CONFIRM_PAGE.hex(" "))
            case other:
                pytest.fail(f"{other} does not belong to a download")
    assert progress == vector.decoded["progress"]
    assert unknown == vector.decoded["unknown"]
    assert pairing.unknown == len(unknown)
    assert answers == vector.decoded["page_completed_answer"]
    began = log.ms_of(samples[0].tick)
    for sample, (name, since_ms, values) in zip(
        samples, vector.decoded["epoch_ms_relative_to_first"], strict=True
    ):
        assert log.ms_of(sample.tick) - began == since_ms
        if name == "quat":
            quaternion = decode(log.header_of(log.Source.QUATERNION, board) + sample.data, board)
            assert isinstance(quaternion, fusion.Quaternion)
            assert [quaternion.w, quaternion.x, quaternion.y, quaternion.z] == [values[k] for k in "wxyz"]
        else:
            lsb = sampling.acc_lsb_per_g(16) if name == "acc" else sampling.gyr_lsb_per_dps(2000)
            assert sample.source == SOURCES_IN_VECTORS[name]
            (counts,) = stream.counts_in(sample.data[:6]).tolist()
            assert_close([[count / lsb for count in counts]], [values])


def check_fusion_config(vector: Vector, board: Board) -> None:
    assert list(vector.commands) == list(
        fusion.configure(
            board,
            MODES[vector.inputs["mode"]],
            acc_range_g=vector.inputs["acc_g"],
            gyr_range_dps=vector.inputs["gyro_dps"],
        )
    )


def check_fusion_start(vector: Vector, board: Board) -> None:
    del board
    outputs = [fusion.Output[name.upper()] for name in vector.inputs["outputs"]]
    assert list(vector.commands) == list(fusion.start(MODES[vector.inputs["mode"]], outputs))


def check_fusion_stop(vector: Vector, board: Board) -> None:
    del board
    assert list(vector.commands) == list(fusion.stop(MODES[vector.inputs["mode"]]))


def check_fusion_stream(vector: Vector, board: Board) -> None:
    output = fusion.Output[vector.case.rsplit(".", 1)[1].upper()]
    assert list(vector.commands) == [output.switch(on=True)]
    for response, expected in zip(vector.responses, vector.decoded["samples"], strict=True):
        match decode(response, board):
            case fusion.Quaternion(w, x, y, z):
                assert_close([[w, x, y, z]], [[expected[k] for k in "wxyz"]])
            case fusion.Euler(heading, pitch, roll, yaw):
                words = ("heading", "pitch", "roll", "yaw")
                assert_close([[heading, pitch, roll, yaw]], [[expected[word] for word in words]])
            case fusion.Corrected(of, xyz, accuracy):
                assert of is output
                assert accuracy == expected["accuracy"]
                assert_close([xyz], [[expected[k] for k in "xyz"]])
            case fusion.Acceleration(of, xyz_mps2):
                assert of is output
                assert_close([[value / 9.80665 for value in xyz_mps2]], [expected])
            case other:
                pytest.fail(f"{other} is no output of the fusion")


def check_processor(vector: Vector, board: Board) -> None:
    source = log.header_of(log.Source(vector.inputs["source"]), board)
    created = decode(vector.responses[0], board)
    assert isinstance(created, processors.ProcessorCreated)
    kind = vector.case.removeprefix("processor.").split("(")[0]
    match kind:
        case "accounter_time":
            command = processors.accounter(source, mode="time")
        case "accounter_count":
            command = processors.accounter(source, mode="count")
        case _:
            command = processors.packer(source, count=vector.inputs["count"])
    assert list(vector.commands) == [command, *processors.notify(created.processor)]
    counters, samples = [], []
    for response in vector.responses[1:]:
        processed = decode(response, board)
        assert isinstance(processed, processors.Processed)
        assert processed.processor == created.processor
        if "accounter" in kind:
            stamped = processors.accounted(processed)
            counters.append(log.ms_of(stamped.counter))
            samples += stream.counts_in(stamped.data).tolist()
        else:
            samples += [stream.counts_in(data)[0].tolist() for data in processors.unpacked(processed)]
    accelerations = vector.inputs["source"] == log.Source.ACCELERATION
    lsb = sampling.acc_lsb_per_g(16) if accelerations else sampling.gyr_lsb_per_dps(2000)
    assert_close([[count / lsb for count in sample] for sample in samples], vector.decoded["samples"])
    if (relative := vector.decoded.get("epoch_ms_relative")) is not None:
        assert [counter - counters[0] for counter in counters] == relative


def check_battery(vector: Vector, board: Board) -> None:
    assert list(vector.commands) == [settings.READ_BATTERY]
    states = [decode(response, board) for response in vector.responses]
    assert states == [settings.BatteryState(one["charge_pct"], one["voltage_mV"]) for one in vector.decoded]


def check_connection(vector: Vector, board: Board) -> None:
    del board
    asked = settings.ConnectionParameters(
        vector.inputs["min_ms"],
        vector.inputs["max_ms"],
        vector.inputs["latency"],
        vector.inputs["timeout_ms"],
    )
    assert list(vector.commands) == [settings.connection(asked)]


def check_tx_power(vector: Vector, board: Board) -> None:
    del board
    assert list(vector.commands) == [settings.tx_power(vector.inputs["dbm"])]


def check_name(vector: Vector, board: Board) -> None:
    del board
    assert list(vector.commands) == [settings.name(vector.inputs["name"])]


def check_advertising(vector: Vector, board: Board) -> None:
    assert list(vector.commands) == [settings.advertising(board, **vector.inputs)]


def check_led(vector: Vector, board: Board) -> None:
    del board
    colour = led.Colour[vector.inputs["color"].upper()]
    pattern = PRESETS[vector.inputs["preset"]]
    assert list(vector.commands) == [led.write(colour, pattern, repeat=vector.inputs["repeat"])]


def check_macro(vector: Vector, board: Board) -> None:
    recorded = {
        f"{name}.{verb}": command
        for name, module in (("acc", ACC), ("gyro", GYR))
        for verb, command in (
            ("enable_sampling", sampling.sampling(module, on=True)),
            ("disable_sampling", sampling.sampling(module, on=False)),
            ("start", sampling.power(module, on=True)),
            ("stop", sampling.power(module, on=False)),
        )
    }
    commands = [recorded[name] for name in vector.inputs["recorded"]]
    at_boot = bool(vector.inputs["exec_on_boot"])
    assert list(vector.commands) == [*commands, *macro.record(commands, at_boot=at_boot)]
    begun = [decode(response, board) for response in vector.responses]
    assert begun == [macro.MacroBegun(vector.decoded["id"])]


def check_execute(vector: Vector, board: Board) -> None:
    del board
    assert list(vector.commands) == [macro.execute(vector.inputs["id"])]


def assert_close(values: Sequence[Sequence[float]], expected: Sequence[Sequence[float]]) -> None:
    assert len(values) == len(expected)
    for mine, theirs in zip(values, expected, strict=True):
        assert mine == pytest.approx(theirs, rel=1e-6)  # the vendor computes in single precision


CHECKS: dict[str, Check] = {
    "init.module_discovery": check_discovery,
    "module.lookup": check_lookup,
    "acc.write_config": check_acc_config,
    "acc.stream.single": check_stream("acc", packed=False),
    "acc.stream.packed": check_stream("acc", packed=True),
    "acc.enable_sampling": sends(sampling.sampling(ACC, on=True)),
    "acc.disable_sampling": sends(sampling.sampling(ACC, on=False)),
    "acc.start": sends(sampling.power(ACC, on=True)),
    "acc.stop": sends(sampling.power(ACC, on=False)),
    "gyro.write_config": check_gyr_config,
    "gyro.stream.single": check_stream("gyr", packed=False),
    "gyro.stream.packed": check_stream("gyr", packed=True),
    "gyro.enable_sampling": sends(sampling.sampling(GYR, on=True)),
    "gyro.disable_sampling": sends(sampling.sampling(GYR, on=False)),
    "gyro.start": sends(sampling.power(GYR, on=True)),
    "gyro.stop": sends(sampling.power(GYR, on=False)),
    "log.start": check_log_start,
    "log.stop": sends(log.STOP),
    "log.flush_page": sends(log.FLUSH_PAGE),
    "log.clear_entries": check_clear,
    "log.create": check_create,
    "log.generate_identifier": check_identifiers,
    "log.time_read": check_time,
    "log.download": check_download,
    "log.tick_to_ms": check_ticks,
    "log.remove_logger": check_remove_logger,
    "fusion.write_config": check_fusion_config,
    "fusion.start": check_fusion_start,
    "fusion.stop": check_fusion_stop,
    "fusion.reset_orientation": sends(fusion.RESET_ORIENTATION),
    **{
        f"fusion.stream.{output.name.lower()}": check_fusion_stream for output in fusion.Output if output.name
    },
    "processor.accounter_time(acc)": check_processor,
    "processor.accounter_count(acc)": check_processor,
    "processor.packer2(acc)": check_processor,
    "settings.battery": check_battery,
    "settings.connection_parameters": check_connection,
    "settings.tx_power": check_tx_power,
    "settings.device_name": check_name,
    "settings.ad_interval": check_advertising,
    "settings.start_advertising": sends(settings.START_ADVERTISING),
    "led.write_pattern": check_led,
    "led.play": sends(led.PLAY),
    "led.autoplay": sends(led.AUTOPLAY),
    "led.pause": sends(led.PAUSE),
    "led.stop": sends(led.STOP),
    "led.stop_and_clear": sends(led.STOP_AND_CLEAR),
    "macro.record": check_macro,
    "macro.execute": check_execute,
    "macro.erase_all": sends(macro.ERASE_ALL),
    "event.remove_all": sends(REMOVE_EVENTS),
    "board.tear_down": sends(*TEAR_DOWN),
    "debug.reset": sends(RESET),
    "debug.jump_to_bootloader": sends(JUMP_TO_BOOTLOADER),
    "debug.disconnect": sends(DISCONNECT),
    "debug.reset_after_gc": sends(RESET_AFTER_COLLECTION),
    "debug.enable_power_save": sends(POWER_SAVE),
}


@pytest.mark.skipif(not VECTORS, reason=f"no vectors at {FILE}: set RESTRIDE_SHARED")
def test_every_kind_of_case_is_checked() -> None:
    assert {vector.case for vector in VECTORS} <= set(CHECKS)


@pytest.mark.parametrize(
    "vector",
    VECTORS or [pytest.param(None, marks=pytest.mark.skip(f"no vectors at {FILE}: set RESTRIDE_SHARED"))],
    ids=lambda vector: f"{vector.case}-{vector.board}" if vector else "absent",
)
def test_a_vector(vector: Vector) -> None:
    CHECKS[vector.case](vector, board_named(vector.board))
