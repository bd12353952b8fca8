"""Setting both sensors of a board, and switching them on and off."""

from imu.devices.metamotion.coding import Sampling
from imu.devices.metamotion.modules import Board, Module
from imu.devices.metamotion.sampling import configure_acc, configure_gyr, power, sampling
from imu.devices.metamotion.stream import Signal

_MODULES: dict[Signal, Module] = {"acc": Module.ACCELEROMETER, "gyr": Module.GYROSCOPE}

SENSORS_OFF = (
    *(power(module, on=False) for module in _MODULES.values()),
    *(sampling(module, on=False) for module in _MODULES.values()),
)


def configure(settings: Sampling, board: Board) -> tuple[bytes, ...]:
    """Rates and ranges, to be sent while the sensors sleep."""
    acc = configure_acc(settings.acc, board.acc_chip)
    return (acc,) if settings.gyr is None else (acc, configure_gyr(settings.gyr))


def sensors_on(settings: Sampling) -> tuple[bytes, ...]:
    """All switches first, then the power, so that both begin together."""
    modules = [_MODULES[signal] for signal in settings.signals]
    return (
        *(sampling(module, on=True) for module in modules),
        *(power(module, on=True) for module in modules),
    )
