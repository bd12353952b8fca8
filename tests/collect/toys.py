"""Sensors as simple as can be: a packet is stream, count, samples, perhaps ticks; and their decoder."""

import struct
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from imu.collect.records import Closed, Coded, Record
from imu.collect.session import Session, Worn, create_session, journal_path
from imu.collect.writer import JournalWriter
from imu.devices.sensor import Block, Coding, Decoder, Identity, Packet, Settings
from imu.errors import ProtocolError
from tests.collect.links import START_NS

Stream = Literal["acc", "gyr", "both", "stamped"]
STREAMS: tuple[Stream, ...] = ("acc", "gyr", "both", "stamped")
LSB_PER_G, LSB_PER_DPS = 2048.0, 16.4


def coding(
    *,
    tick_s: float | None = None,
    mode: Literal["stream", "log"] = "stream",
    stamp_tick_s: float | None = None,
) -> Coding:
    return Coding("esp32", mode, 200.0, 16.0, 2000.0, LSB_PER_G, LSB_PER_DPS, tick_s, {}, stamp_tick_s)


def packet(
    arrival_s: float,
    stream: Stream,
    counts: NDArray[np.int16],
    ticks: Sequence[int] = (),
    *,
    reset_id: int = 0,
) -> Packet:
    head = struct.pack("<BBB", STREAMS.index(stream), len(counts), 1 + reset_id if len(ticks) else 0)
    body = counts.astype("<i2").tobytes() + np.asarray(ticks, "<i8").tobytes()
    return Packet(START_NS + round(arrival_s * 1e9), head + body)


class ToyDecoder:
    def receive(self, packet: Packet) -> Sequence[Block]:
        stream, n, timed = struct.unpack_from("<BBB", packet.data)
        if stream >= len(STREAMS):
            raise ProtocolError("no such stream")
        width = 6 if STREAMS[stream] == "both" else 3
        counts = np.frombuffer(packet.data, "<i2", n * width, 3).reshape(n, width)
        ticks = np.frombuffer(packet.data, "<i8", n, 3 + 2 * n * width).astype(np.int64) if timed else None
        return [
            Block(
                STREAMS[stream],
                counts.astype(np.int16),
                ticks,
                arrival_ns=packet.arrival_ns,
                reset_id=max(timed - 1, 0),
            )
        ]


def toy_decoder_for(_: Coding) -> Decoder:
    return ToyDecoder()


def moving(n: int, *, seed: int = 0) -> NDArray[np.int16]:
    """(n, 6) counts of a sensor that hangs still and trembles; the last column numbers the rows."""
    random = np.random.default_rng(seed)
    counts = random.normal(0, 200, (n, 6))
    counts[:, 1] += LSB_PER_G
    counts[:, 5] = np.arange(n) % 1000
    return counts.astype(np.int16)


def a_session(*placements: str, mode: Literal["stream", "log"] = "stream") -> Session:
    worn = {
        placement: Worn(Identity("esp32", "toy", f"serial of {placement}", "1.2.3"), 0.1)
        for placement in placements
    }
    return Session(
        start=datetime.fromtimestamp(START_NS / 1e9, UTC),
        start_ns=START_NS,
        mode=mode,
        worn=worn,
        settings=Settings(),
        host="a computer",
        version="0",
    )


def session_folder(
    folder: Path, journals: Mapping[str, Sequence[Record]], *, mode: Literal["stream", "log"] = "stream"
) -> Session:
    """A session as the collector leaves it, closed."""
    session = a_session(*(name for name in journals if name != "reference"), mode=mode)
    create_session(folder, session)
    for name, records in journals.items():
        with JournalWriter(journal_path(folder, name)) as writer:
            for record in records:
                writer.append(record)
            writer.append(Closed(START_NS))
    return session


def coded(of: Coding, at_s: float = 0.0) -> Coded:
    return Coded(START_NS + round(at_s * 1e9), of)
