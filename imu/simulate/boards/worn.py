"""What the chips of virtual sensors measure while the simulated runner wears them.

    wearer = Wearer(SimulationConfig(pattern="stand:20,run:60@3,stand:20"), begins_s=30.0)
    chip = wearer.chip("shank_left", ChipSettings(rate_hz=200.0, acc_lsb_per_g=2048.0, gyr_lsb_per_dps=16.4))
    chip.counts(0, chip.taken(60.0))  # what a perfect recording of the first minute holds

Every sample follows from the configuration, the settings and its index, so nothing that was measured has to
be remembered. No sample is lost here and no clock is wrong: those are the board's affairs.
"""

from collections import OrderedDict
from dataclasses import dataclass, replace
from functools import cached_property
from math import floor

import numpy as np
from numpy.typing import NDArray
from scipy.interpolate import CubicSpline

from imu.errors import RestrideError
from imu.simulate.boards.hand import Hand
from imu.simulate.boards.pace import Pace
from imu.simulate.motion import Felt
from imu.simulate.sensors import Carrier, SensorDraw, Worn, bias_walk
from imu.simulate.simulation import Outing, SimulationConfig, go_out
from imu.simulate.truth import Truth

Floats = NDArray[np.float64]

_BLOCK = 1024  # samples measured at a time
_BLOCKS_HELD = 4  # a reader at the front and one that catches up
_CHIPS_HELD = 12  # three sensors at a few settings each
_HELD_S = 1.0  # of standing, repeated for ever before and after the run
_PLACEMENTS = ("shank_left", "shank_right", "pelvis")
_CHIP_CHANCE = 7  # keeps these random streams apart from those of the simulation


@dataclass(frozen=True, slots=True, kw_only=True)
class ChipSettings:
    """How a six-axis chip is set. Full scale is what fits into 16 bits: 16 g at 2048 per g."""

    rate_hz: float  # as set; the chip's oscillator is a little off
    acc_lsb_per_g: float
    gyr_lsb_per_dps: float


class Wearer:
    """One runner in the world of virtual sensors. Times are true seconds since that world began.

    Before and after the simulated run the runner stands: the first and the last second of it, to and fro.
    The plan must begin and end with standing. `swapped`, `gyroscope` and `rate_hz` of the config, and the
    losses and clock errors among its sensor errors, mean recordings and change nothing here.
    """

    def __init__(self, config: SimulationConfig, *, begins_s: float = 0.0) -> None:
        self.config = config
        self.begins_s = begins_s
        self._outing = go_out(config)
        self._chips: OrderedDict[tuple[str, ChipSettings], Chip] = OrderedDict()
        self._hands: dict[str, Hand] = {}
        _check_standing(self._outing)

    @property
    def ends_s(self) -> float:
        """When the simulated run is over."""
        return self.begins_s + self._outing.motion.course.duration_s

    @cached_property
    def truth(self) -> Truth:
        """What really happened, in world time. `sensors` by where they are worn, at the config's rate."""
        told = {placement: worn.told() for placement, worn in self._outing.worn.items()}
        return self._outing.truth(told).later(self.begins_s)

    @cached_property
    def pace(self) -> Pace:
        """Pulse, speed and steps, for devices that are no IMU."""
        return Pace(self._outing.motion, self.begins_s)

    def hand(self, placement: str) -> Hand:
        """What can be done by hand to the sensor that is worn there."""
        return self._hands.setdefault(placement, Hand())

    def draw(self, placement: str) -> SensorDraw:
        """The errors that the sensor worn there really has."""
        return self._outing.worn[placement].draw

    def skew_ppm(self, placement: str) -> float:
        """By how much the crystal of the sensor worn there is too fast."""
        return self.draw(placement).skew_ppm

    def chip(self, placement: str, settings: ChipSettings) -> "Chip":
        """The chip of the sensor worn there; the same one, however often it is asked for."""
        if chip := self._chips.pop((placement, settings), None):
            self._chips[placement, settings] = chip
            return chip
        chip = self._chips[placement, settings] = self._made(placement, settings)
        if len(self._chips) > _CHIPS_HELD:
            self._chips.popitem(last=False)
        return chip

    def _made(self, placement: str, settings: ChipSettings) -> "Chip":
        worn = self._outing.worn[placement].set_to(settings.rate_hz, of_rate_hz=self.config.rate_hz)
        stands = _Standing(worn.segment, self.begins_s, self._outing.motion.course.duration_s)
        tissue, mounting = worn.tissue, worn.mounting
        return Chip(
            replace(
                worn,
                segment=stands,
                tissue=tissue and replace(tissue, contact_s=tissue.contact_s + self.begins_s),
                mounting=replace(mounting, slip_at_s=mounting.slip_at_s + self.begins_s),
            ),
            settings,
            run_s=(self.begins_s, self.ends_s),
            seed=(self.config.seed, _PLACEMENTS.index(placement)),
            hand=self.hand(placement),
        )


class Chip:
    """The samples of one chip at one setting, numbered since the world began.

    The chip is taken to run for ever and to be listened to only while it is switched on, so acceleration
    and rate are of the same moments (assumed: one oscillator times both).
    """

    def __init__(
        self,
        worn: Worn,
        settings: ChipSettings,
        *,
        run_s: tuple[float, float],
        seed: tuple[int, int],
        hand: Hand,
    ) -> None:
        self.settings = settings
        self._hand = hand  # shared with the wearer, and moved meanwhile
        self._changes_known = hand.changes
        self.rate_hz = worn.draw.true_rate_hz
        self._worn = worn
        self._seed = seed
        self._run_s = run_s
        self._walk = self._bias_walk()
        self._blocks: OrderedDict[int, NDArray[np.int16]] = OrderedDict()

    def taken(self, now_s: float) -> int:
        """How many samples have been taken by then: the index of the next one."""
        return max(floor((now_s - self._worn.draw.first_sample_s) * self.rate_hz) + 1, 0)

    def time_s(self, index: NDArray[np.int64]) -> Floats:
        """When these samples are taken."""
        time_s: Floats = self._worn.draw.first_sample_s + index / self.rate_hz
        return time_s

    def counts(self, first: int, last: int) -> NDArray[np.int16]:
        """(last - first, 6) the samples [first, last): x y z of acceleration, then of rate."""
        if self._hand.changes != self._changes_known:
            self._changes_known = self._hand.changes
            self._blocks.clear()  # what was measured ahead was measured too early
        blocks = range(first // _BLOCK, -(-last // _BLOCK))
        pieces = [self._block(b)[max(first - b * _BLOCK, 0) : last - b * _BLOCK] for b in blocks]
        return np.concatenate(pieces) if pieces else np.empty((0, 6), np.int16)

    def _block(self, number: int) -> NDArray[np.int16]:
        if number in self._blocks:
            self._blocks.move_to_end(number)
            return self._blocks[number]
        time_s = self.time_s(number * _BLOCK + np.arange(_BLOCK))
        block = self._worn.counts(
            time_s,
            self._walk(np.clip(time_s, *self._run_s) - self._run_s[0]),
            acc_lsb_per_g=self.settings.acc_lsb_per_g,
            gyr_lsb_per_dps=self.settings.gyr_lsb_per_dps,
            rng=self._chance(1 + number),
            handled=self._hand.felt,
        )
        self._blocks[number] = block
        if len(self._blocks) > _BLOCKS_HELD:
            self._blocks.popitem(last=False)
        return block

    def _bias_walk(self) -> CubicSpline:
        begins_s, ends_s = self._run_s
        return bias_walk(ends_s - begins_s, self._worn.errors.gyr_bias_walk_dps, self._chance(0))

    def _chance(self, number: int) -> np.random.Generator:
        seed, placement = self._seed
        return np.random.default_rng(
            np.random.SeedSequence(seed, spawn_key=(_CHIP_CHANCE, placement, number))
        )


@dataclass(frozen=True, slots=True, eq=False)
class _Standing:
    """A segment in world time, standing still before and after its run."""

    segment: Carrier
    begins_s: float
    duration_s: float

    def felt(self, time_s: Floats, lever_m: Floats) -> Felt:
        run_s = time_s - self.begins_s
        # To and fro: attitude and force stay continuous, and a turn that is played backwards is negative.
        outside = np.where(run_s < 0, -run_s, run_s - self.duration_s)
        swing = outside % (2 * _HELD_S)
        inward = np.minimum(swing, 2 * _HELD_S - swing)
        held = np.where(run_s < 0, inward, self.duration_s - inward)
        felt = self.segment.felt(np.where(outside > 0, held, run_s), lever_m)
        backwards = (outside > 0) & (swing < _HELD_S)
        return Felt(felt.acc_mps2, np.where(backwards[:, None], -felt.gyr_radps, felt.gyr_radps))


def _check_standing(outing: Outing) -> None:
    needed_s = _HELD_S + outing.config.ramp_s
    for bout in (outing.motion.course.bouts[0], outing.motion.course.bouts[-1]):
        if bout.activity != "stand" or bout.end_s - bout.start_s < needed_s:
            raise RestrideError(
                f"simulation: virtual sensors need a plan with {needed_s:g} s of standing at both ends, "
                f"not {outing.config.pattern!r}"
            )
