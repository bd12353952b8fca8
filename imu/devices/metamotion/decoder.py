"""The decoders of a recording's packets: notifications as they came in, blocks of samples out."""

from collections.abc import Sequence

import numpy as np

from imu.devices.metamotion import log, processors
from imu.devices.metamotion.coding import loggers_in, processors_in, registers_in
from imu.devices.metamotion.modules import Module
from imu.devices.metamotion.pairing import Pairing, TickCount
from imu.devices.metamotion.stream import PACKED_SAMPLES, Signal, counts_in, decode_samples
from imu.devices.sensor import Block, Coding, Decoder, Packet
from imu.errors import ProtocolError

_PROCESSED = bytes([Module.PROCESSOR, 0x03])
_ENTRIES = log.NOTIFY_ENTRIES[:2]
_SAMPLE_BYTES = 6


def decoder(coding: Coding) -> Decoder:
    """A fresh decoder. Raises ProtocolError for a coding without the facts that its mode needs."""
    if coding.mode == "log" and loggers_in(coding):
        return LogDecoder(coding)
    if coding.mode == "stream" and registers_in(coding):
        return StreamDecoder(coding)
    if coding.mode == "stream" and processors_in(coding):
        return TimedStreamDecoder(coding)
    raise ProtocolError(f"MetaMotion coding: nothing says how its {coding.mode} is to be read")


class StreamDecoder:
    """Packed samples without time; acceleration and rate come in packets of their own.

    Single samples behind a tick are some of the same acceleration.
    """

    def __init__(self, coding: Coding) -> None:
        self._signals = registers_in(coding)
        self._stamps = coding.facts.get("stamp_processor")
        self._count = TickCount()
        self._lost: dict[Signal, int] = {}

    def receive(self, packet: Packet) -> Sequence[Block]:
        if packet.data[:2] == _PROCESSED:
            return self._stamped(packet)
        signal = self._signals.get(packet.data[:2])
        if signal is None:
            return ()
        try:
            samples = decode_samples(packet.data, signal, packed=True)
        except ProtocolError:
            # Samples are only counted: without those of this packet all that follow were too early.
            self._lost[signal] = self._lost.get(signal, 0) + PACKED_SAMPLES
            raise
        lost = self._lost.pop(signal, 0)
        return (Block(signal, samples.counts, None, lost, arrival_ns=packet.arrival_ns),)

    def _stamped(self, packet: Packet) -> Sequence[Block]:
        processed = processors.decode_processed(packet.data)
        if processed.processor != self._stamps:
            return ()
        sample = processors.accounted(processed, size=_SAMPLE_BYTES)
        ticks = np.array([self._count.unwrap(sample.counter)])
        return (Block("stamped", counts_in(sample.data), ticks, arrival_ns=packet.arrival_ns),)


class TimedStreamDecoder:
    """Single samples, each behind its tick."""

    def __init__(self, coding: Coding) -> None:
        self._signals = processors_in(coding)
        self._count = TickCount()

    def receive(self, packet: Packet) -> Sequence[Block]:
        if packet.data[:2] != _PROCESSED:
            return ()
        processed = processors.decode_processed(packet.data)
        signal = self._signals.get(processed.processor)
        if signal is None:
            return ()
        sample = processors.accounted(processed, size=_SAMPLE_BYTES)
        ticks = np.array([self._count.unwrap(sample.counter)])
        return (Block(signal, counts_in(sample.data), ticks, arrival_ns=packet.arrival_ns),)


class LogDecoder:
    """Entries of a download, also of one that was broken off and taken up again."""

    def __init__(self, coding: Coding) -> None:
        period_ticks = 1 / (coding.rate_hz * log.TICK_S)
        # Chunks of one sample are stamped together; half a period tells them from those of the next.
        self.pairing = Pairing(loggers_in(coding), within_ticks=max(1, int(period_ticks / 2)))

    def receive(self, packet: Packet) -> Sequence[Block]:
        if packet.data[:2] != _ENTRIES:
            return ()
        blocks = []
        for entry in log.decode_entries(packet.data).entries:
            if (sample := self.pairing.receive(entry)) is not None:
                counts = counts_in(sample.data[:_SAMPLE_BYTES])
                ticks = np.array([sample.tick])
                blocks.append(Block(sample.source, counts, ticks, sample.lost, reset_id=sample.reset_id))
        return blocks
