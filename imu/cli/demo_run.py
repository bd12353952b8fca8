"""The run of the demo: logged by virtual sensors and synced, or simulated directly."""

import shutil
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import imu
from imu.cli.arm import arm_sensors, log_session
from imu.cli.bluetooth import Air, VirtualKind, VirtualWorld, virtual_air
from imu.cli.sync import fetch_and_free
from imu.cli.told import echo
from imu.cli.wearing import worn_sensors
from imu.errors import SensorError

if TYPE_CHECKING:
    import pandas as pd

    from imu.simulate.simulation import Outing, SimulationConfig

_NOTES = "Demo: a simulated run, with a change in gait at minute 12."
_STANDS_S = 30.0  # before it: arming is done by then
# Its run was an hour ago, when it is synced: nobody waited for its minutes, and nothing lies in the future.
BEGAN_BEFORE_S = 3600.0
# Nothing is shown by waiting for a real radio: it sends at once, in the largest packets there are.
_LINK = {"interval_s": 0.0, "mtu": 517, "buffers": 64}


@dataclass(frozen=True, slots=True)
class Run:
    """What is known of the run in a demo's folder."""

    truth: "pd.DataFrame"  # strides, from the run's beginning
    begins_s: float  # of the run, in the recording


def simulated_run(folder: Path, config: "SimulationConfig") -> Run:
    """Write what perfect synchronisation of the sensors would have recorded."""
    echo("Simulating the session ...", err=True)
    simulation = imu.simulate.simulate(config)
    simulation = replace(simulation, recording=replace(simulation.recording, notes=_NOTES))
    simulation.save(folder / "recording")
    return Run(simulation.truth.strides, 0.0)


def logged_run(folder: Path, config: "SimulationConfig") -> Run:
    """Have virtual sensors log the run in a world of their own, and sync them."""
    from imu.devices.host_clock import HostClock
    from imu.simulate.simulation import go_out
    from imu.simulate.truth import stride_table

    outing = go_out(config)
    home = folder / "world"
    world = VirtualWorld(home, link=_LINK)
    world.is_made_of([VirtualKind.esp32])
    begins_s = world.will_run(
        config.pattern, injections=config.injections, seed=config.seed, stands_s=_STANDS_S
    )
    echo("Arming three virtual sensors, over a virtual radio ...", err=True)
    with virtual_air(world, home) as here:
        here = replace(here, clock=HostClock.start(ahead_s=-BEGAN_BEFORE_S))
        session = home / "sessions" / "run"
        _armed(here, session, outing)
        minutes = outing.motion.course.duration_s / 60
        echo(f"A simulated runner is out for {minutes:.0f} minutes: skipped to the end.", err=True)
        world.finish_run()
        here = replace(here, clock=HostClock.start(ahead_s=world.ahead_s - BEGAN_BEFORE_S))
        echo("Syncing: their logs are downloaded, verified, and only then erased ...", err=True)
        finished, kept_logs = fetch_and_free(here, session, out=folder / "recording")
        if finished is None or kept_logs:
            raise SensorError(f"the virtual sensors could not be synced: {kept_logs or 'they hold no run'}")
        begins_s -= _world_s_of_start(here, folder / "recording")
    shutil.rmtree(home)
    return Run(stride_table(outing.motion), begins_s)


def _armed(here: Air, session: Path, outing: "Outing") -> None:
    from imu.devices.sensor import Settings
    from imu.recording import Body

    worn = {
        placement: replace(sensor, mount_height_m=_mount_height_m(placement, outing))
        for placement, sensor in worn_sensors(here, ()).items()
    }
    settings = Settings()
    body = Body(outing.runner.height_m, outing.runner.mass_kg, outing.shank_length_m)
    arm_sensors(
        here,
        worn,
        session,
        settings=settings,
        minutes=outing.motion.course.duration_s / 60,
        session=partial(log_session, here, settings=settings, notes=_NOTES, body=body),
    )


def _mount_height_m(placement: str, outing: "Outing") -> float | None:
    if placement == "pelvis":
        return None
    return round(float(outing.worn[placement].mounting.lever_m[1]), 3)  # as with a tape


def _world_s_of_start(here: Air, recording: Path) -> float:
    """When the recording's time 0 was, in the world's own seconds."""
    assert here.world is not None
    assert here.world.control is not None
    start = imu.load(recording).start
    assert start is not None
    return here.world.control.time_s() - (here.clock.now_ns() * 1e-9 - start.timestamp())
