"""The order in which a sensor is tried, and what happens when a trial fails."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from imu.collect.hardware import onboard, streaming, talking
from imu.collect.hardware.bench import Bench
from imu.collect.hardware.step import Came, Step
from imu.collect.pairing import run_held
from imu.errors import RestrideError, SensorError


@dataclass(frozen=True, slots=True)
class Trial:
    """One thing to try."""

    name: str
    does: str
    expects: str
    run: Callable[[Bench], Awaitable[Came]]


_FIRST = (
    Trial("connect", "connect and greet", "a connection within 20 s", talking.connect),
    Trial("identity", "ask who it is", "model, serial number and firmware", talking.identity),
)


async def walk(bench: Bench, *, begin: Callable[[str], None], tell: Callable[[Step], None]) -> None:
    """Try everything. `begin` is told what is tried, `tell` how it ended.

    Raises RestrideError, before anything is changed, where a run lies on the sensor; SensorError at the end
    where a log of this check could not be removed.
    """
    try:
        for trial in _FIRST:
            await _tried(bench, trial, begin, tell)
        if not bench.connected:
            return
        await _refuse_to_lose_a_run(bench)
        for trial in _further(bench.sensor.identity.kind, bench):
            await _tried(bench, trial, begin, tell)
    finally:
        await bench.tidy()


def _further(kind: str, bench: Bench) -> list[Trial]:
    offer, stream_s, log_s = streaming.OFFERS[kind], bench.parameters.stream_s, bench.parameters.log_s
    rates = [
        Trial(
            f"stream {rate_hz:g} Hz",
            f"stream acceleration and rotation for {stream_s:g} s",
            "97 % of the samples, none lost" if rate_hz <= offer.promised_hz else "nothing is promised",
            streaming.at_rate(rate_hz),
        )
        for rate_hz in offer.rates_hz
    ]
    return [
        Trial("battery", "ask for the battery", "a percentage, and 2.5 to 5.5 V", talking.battery),
        Trial(
            "light", f"blink for {bench.parameters.blink_s:g} s", "seen by whoever is there", talking.light
        ),
        Trial("settings", "set every range, lying still", "one g in each", streaming.settings),
        *rates,
        Trial(
            "clock",
            f"read the clock {bench.parameters.exchanges} times",
            "every reading answered, clock within 0.5 %",
            talking.clock,
        ),
        Trial("log", f"log on board for {log_s:g} s", "about the size that runs are planned by", onboard.log),
        Trial("download", "download that log", "all samples, no gap", onboard.download),
        Trial("erase", "erase it", "an empty memory", onboard.erase),
        Trial(
            "resumed download",
            "log again, break the connection half-way through the download, go on",
            "all samples, no gap",
            onboard.resume,
        ),
        Trial("out of reach", "be carried away and back", "lost, and connected again", talking.out_of_reach),
    ]


async def _tried(
    bench: Bench, trial: Trial, begin: Callable[[str], None], tell: Callable[[Step], None]
) -> None:
    begin(trial.name)
    loop = asyncio.get_running_loop()
    began = loop.time()
    try:
        if not bench.connected and trial.run is not talking.connect:
            await bench.connect_again(within_s=bench.parameters.back_s)
        came = await trial.run(bench)
    except SensorError as error:
        came = Came(str(error), "fail")
        await bench.disconnect()  # whatever is wrong with this connection, the next trial has its own
    seconds = round(loop.time() - began, 1)
    tell(Step(trial.name, trial.does, trial.expects, came.text, came.outcome, seconds, came.figures))


async def _refuse_to_lose_a_run(bench: Bench) -> None:
    who = bench.sensor.identity
    if held := run_held(await bench.sensor.log_status()):
        raise RestrideError(
            f"{who.model} {who.serial} {held}; nothing was changed. Save it first (restride sync), then check"
        )
