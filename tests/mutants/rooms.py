"""Which code is changed on purpose, and whose tests must notice."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Room:
    """Files of one promise, and the quick tests that keep it."""

    name: str
    code: tuple[str, ...]  # patterns of files, from the top of the repository
    tests: tuple[str, ...]


ROOMS = (
    Room(name="training", code=("imu/training/*.py",), tests=("tests/training",)),
    Room(
        name="rights",  # decided in access and rights, asked for by the others
        code=(
            "imu/store/access.py",
            "imu/store/accounts.py",
            "imu/store/care.py",
            "imu/store/repository.py",
            "imu/store/rights.py",
            "imu/store/sharing.py",
            "imu/store/sign_ins.py",
        ),
        tests=(
            "tests/store/test_access.py",
            "tests/store/test_accounts.py",
            "tests/store/test_care.py",
            "tests/store/test_sign_ins.py",
            "tests/store/test_told_at_its_limits.py",
            "tests/store/test_ways_in_at_their_limits.py",
        ),
    ),
    Room(
        name="door",
        code=("dashboard/auth/*.py",),
        tests=(
            "tests/dashboard/test_door.py",
            "tests/dashboard/test_door_at_its_limits.py",
            "tests/dashboard/test_oidc.py",
            "tests/dashboard/test_sign_in.py",
            "tests/dashboard/test_ways_of_the_door.py",
            "tests/dashboard/test_whose.py",
        ),
    ),
    Room(
        name="protocols",  # bytes and messages; what drives a radio is asked by virtual boards
        code=(
            "imu/devices/calibration.py",
            "imu/devices/decoders.py",
            "imu/devices/host_clock.py",
            "imu/devices/sensor.py",
            "imu/devices/text.py",
            "imu/devices/esp32/calibration.py",
            "imu/devices/esp32/coding.py",
            "imu/devices/esp32/control.py",
            "imu/devices/esp32/decoder.py",
            "imu/devices/esp32/firmware.py",
            "imu/devices/esp32/frames.py",
            "imu/devices/esp32/log_bytes.py",
            "imu/devices/esp32/setting.py",
            "imu/devices/esp32/sync.py",
            "imu/devices/metamotion/coding.py",
            "imu/devices/metamotion/decoder.py",
            "imu/devices/metamotion/frame.py",
            "imu/devices/metamotion/fusion.py",
            "imu/devices/metamotion/led.py",
            "imu/devices/metamotion/log.py",
            "imu/devices/metamotion/macro.py",
            "imu/devices/metamotion/modules.py",
            "imu/devices/metamotion/notification.py",
            "imu/devices/metamotion/onboard.py",
            "imu/devices/metamotion/pairing.py",
            "imu/devices/metamotion/processors.py",
            "imu/devices/metamotion/sampling.py",
            "imu/devices/metamotion/sensors.py",
            "imu/devices/metamotion/settings.py",
            "imu/devices/metamotion/stream.py",
            "imu/devices/metamotion/usb_frames.py",
            "imu/devices/standard/*.py",
        ),
        tests=("tests/devices",),
    ),
    Room(
        name="signal",
        code=("imu/signal/*.py", "imu/signal/exercises/*.py"),
        tests=("tests/signal",),
    ),
)
