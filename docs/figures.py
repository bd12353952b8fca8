"""Makes every picture of docs/method.md from simulated runs: `python docs/figures.py [FOLDER]`.

The method is applied as `imu.analyze` applies it, and drawn beside the truth of the simulation. The pictures
explain; how far the method agrees with real runners is in docs/validation.md.
"""

import sys
from collections.abc import Callable
from functools import cache
from importlib.resources import files
from pathlib import Path

import numpy as np
from svg import INK, MUTED, Panel, framed, picture

import imu
from imu.analysis import LegSignals, RunAnalysis
from imu.report.theme import LEFT, NOTICE, RIGHT, RUN, STAND, WALK, ZERO
from imu.signal.contacts import ContactParameters
from imu.signal.grid import GRID_HZ
from imu.signal.lowpass import lowpass
from imu.simulate import Simulation, SimulationConfig, simulate

STEADY = SimulationConfig(pattern="stand:8,run:60@3", seed=5)
CHANGING = SimulationConfig(pattern="stand:6,run:60@2.5>4.5,run:30@4.5>3,run:20@3", seed=5)
MIXED = SimulationConfig(pattern="stand:10,walk:35@1.3,run:30@2.6,walk:30@1.3,run:45@3.2,stand:10", seed=2)


@cache
def simulated(config: SimulationConfig) -> tuple[Simulation, RunAnalysis]:
    simulation = simulate(config)
    return simulation, imu.analyze(simulation.recording)


@cache
def left_leg() -> LegSignals:
    """The left shank of the steady run, as the method sees it."""
    return imu.leg_signals(simulated(STEADY)[0].recording)


def activity() -> str:
    """What was done: truth above, found below, and the vigour of the shank between them."""
    simulation, found = simulated(MIXED)
    end_s = float(simulation.truth.bouts[-1].end_s)
    colours = {"stand": STAND.light, "walk": WALK.light, "run": RUN.light}
    rows = (
        ("what the simulated runner did", [(b.start_s, b.end_s, b.activity) for b in simulation.truth.bouts]),
        ("what was found", [(b["start_s"], b["end_s"], b["activity"]) for b in found.summary["bouts"]]),
    )
    panels = []
    for name, bouts in rows:
        panel = Panel(name, (0, end_s), (0, 1), x_ticks=list(range(0, 161, 20)), height=40)
        for first, last, what in bouts:
            panel.span(float(first), float(last), colours[str(what)], label=str(what))
        panels.append(panel)
    samples = simulation.recording.tracks["shank_left"].samples()
    size_g = np.linalg.norm(samples.acc_mps2, axis=1) / 9.80665
    vigour = Panel(
        "left shank, size of the specific force (g)", (0, end_s), (0, 8), panels[0].x_ticks, [0, 4, 8], 90
    )
    vigour.line(samples.time_s[::12], np.minimum(size_g[::12], 8), MUTED, width=0.5)
    return picture(
        [panels[0], vigour, panels[1]],
        x_name="time (s)",
        says="Bouts of standing, walking and running as simulated and as found",
    )


def alignment() -> str:
    """The specific force of running in the plane of the swing, and the two directions it defines."""
    leg = left_leg()
    here = (leg.activity == "run") & (leg.time_s > 15) & (leg.time_s < 35)
    force = np.column_stack([leg.forward_mps2, leg.axial_mps2])
    standing = force[(leg.time_s > 1) & (leg.time_s < 6)].mean(axis=0)
    force = force[here]
    mean = force.mean(axis=0)
    # One scale for both directions: the width of the panel is 2.85 times its height.
    panel = Panel(
        "specific force in the sagittal plane of the left shank (m/s²), 20 s of running",
        (-57, 57),
        (-6, 34),
        [-40, -20, 0, 20, 40],
        [0, 10, 20, 30],
        240,
    )
    panel.dots(force[::6, 0], force[::6, 1], ZERO.light, radius=0.9)
    panel.line([0, 0], [0, 32], INK, width=1.4, dash="5 3")
    panel.text(0, 32, "long axis of the shank", INK, dx=6, anchor="start")
    far = 26 * mean / np.linalg.norm(mean)
    panel.line([0, far[0]], [0, far[1]], RUN.light, width=2.6)
    lean_deg = -np.degrees(np.arctan2(mean[0], mean[1]))
    panel.text(
        float(far[0]),
        float(far[1]),
        f"mean force: {lean_deg:.0f}° to the rear",
        RUN.light,
        dx=-6,
        anchor="end",
    )
    panel.line([0, 2.2 * standing[0]], [0, 2.2 * standing[1]], NOTICE.light, width=2.6)
    panel.text(2.2 * standing[0], 2.2 * standing[1], "standing", NOTICE.light, dx=8, dy=4, anchor="start")
    return picture(
        [panel],
        x_name="forward of the shank (m/s²)",
        says="The mean specific force of running lies behind the long axis of the shank",
    )


def contacts() -> str:
    """One stride around contact and toe-off: the signals that are searched, what is found, the truth."""
    leg = left_leg()
    k = 20
    start_s = float(leg.mid_swing_s[k]) - 8 / GRID_HZ
    here = (leg.time_s >= start_s) & (leg.time_s <= start_s + 0.62)
    p = ContactParameters()
    axial = lowpass(leg.axial_mps2, p.rise_lowpass_hz, sampling_rate_hz=GRID_HZ)
    rise = np.gradient(axial) * GRID_HZ
    time_ms = 1000 * (leg.time_s[here] - start_s)
    truth = simulated(STEADY)[0].truth.strides
    left = truth[truth["side"] == "left"]
    found_ic, found_off = (
        1000 * (float(moment_s[k]) - start_s) for moment_s in (leg.initial_contact_s, leg.toe_off_s)
    )
    row = left.iloc[(1000 * (left["ic_time_s"] - start_s) - found_ic).abs().argmin()]
    true_ic, true_off = (1000 * (float(row[name]) - start_s) for name in ("ic_time_s", "to_time_s"))
    ticks = [float(t) for t in range(0, 601, 100)]
    force = Panel("force along the shank (m/s²)", (0, 620), (-20, 60), ticks, [-20, 0, 20, 40, 60], 150)
    force.line(time_ms, leg.axial_mps2[here], ZERO.light, width=1)
    force.line(time_ms, axial[here], LEFT.light, width=2)
    slope = Panel("its rise (m/s² per ms)", (0, 620), (-1.5, 2), ticks, [-1, 0, 1, 2], 100)
    slope.line(time_ms, rise[here] / 1000, LEFT.light, width=2)
    rate = Panel("sagittal rate (rad/s), forward positive", (0, 620), (-10, 10), ticks, [-10, 0, 10], 120)
    rate.level(0, ZERO.light)
    rate.line(time_ms, leg.rate_radps[here], LEFT.light, width=2)
    for panel in (force, slope, rate):
        panel.rule(true_ic, INK, dash="3 3")
        panel.rule(true_off, INK, dash="3 3")
        panel.rule(found_ic, RIGHT.light)
        panel.rule(found_off, RIGHT.light)
    steepest = found_ic + 1000 * p.rise_s
    slope.dots([steepest], [np.interp(steepest, time_ms, rise[here] / 1000)], RIGHT.light, radius=3.5)
    slope.text(
        steepest, 1.2, "steepest; contact is half a rise earlier", RIGHT.light, dx=12, dy=-4, anchor="start"
    )
    force.text(found_ic, 60, "initial contact", RIGHT.light, dx=6, dy=12, anchor="start")
    force.text(found_off, 60, "toe-off", RIGHT.light, dx=6, dy=12, anchor="start")
    force.text(620, -20, "solid: found, dashed: true", INK, dx=-4, dy=-6, anchor="end")
    return picture(
        [force, slope, rate],
        x_name="time (ms)",
        says="Axial force, its rise and the sagittal rate of one stride, with contact and toe-off",
    )


def orientation() -> str:
    """Inclination over a minute: integrated gyroscope alone against the levelled one."""
    leg, (simulation, _) = left_leg(), simulated(STEADY)
    series = simulation.truth.series
    true_deg = np.interp(leg.time_s, series["time"], series["shank_rel_left"])
    samples = simulation.recording.tracks["shank_left"].samples()
    assert samples.gyr_radps is not None
    raw = np.interp(leg.time_s, samples.time_s, samples.gyr_radps @ leg.mount.sagittal_axis)
    drifting = np.degrees(np.cumsum(raw) / GRID_HZ)
    error = np.array([drifting, leg.inclination_deg]) - true_deg
    whole = (leg.activity == "run") & (leg.time_s > 12) & (leg.time_s < 66)
    error[0] -= error[0][whole][0]
    stride = round(0.75 * GRID_HZ)
    both = Panel(
        "error of the inclination (°), mean over one stride",
        (10, 68),
        (-10, 60),
        [10, 20, 30, 40, 50, 60],
        [0, 20, 40, 60],
        150,
    )
    names = ("gyroscope alone, its bias left in", "levelled with the mean force over whole strides")
    for row, colour, name in zip(error, (NOTICE.light, LEFT.light), names, strict=True):
        mean = np.convolve(np.where(whole, row, np.nan), np.ones(stride) / stride, mode="same")
        at = np.flatnonzero(np.isfinite(mean))[::20]
        both.line(leg.time_s[at], mean[at] * np.sign(mean[at[-1]]), colour, width=2, label=name)
    near = (leg.time_s >= 30) & (leg.time_s <= 32.4)
    angle = Panel("inclination, 2.4 s of it (°)", (30, 32.4), (-110, 30), [30, 31, 32], [-100, -50, 0], 150)
    angle.level(0, ZERO.light)
    angle.line(leg.time_s[near], leg.inclination_deg[near], LEFT.light, width=2.2)
    angle.line(leg.time_s[near], true_deg[near], INK, width=1.2, dash="3 3")
    angle.text(32.4, -110, "solid: found, dashed: true", INK, dx=-4, dy=-6, anchor="end")
    return picture([both, angle], x_name="time (s)", says="The gyroscope alone drifts, levelled it does not")


def shank_angle() -> str:
    """The average stride of both shanks and where its two numbers are read."""
    _, found = simulated(STEADY)
    strides = found.strides[(found.strides["activity"] == "run") & found.strides["valid"]]
    panel = Panel(
        "shank inclination over one stride (°), from contact to contact",
        (0, 100),
        (-110, 45),
        [0, 25, 50, 75, 100],
        [-100, -50, 0],
        230,
    )
    panel.level(0, ZERO.light)
    for side, colour in (("left", LEFT.light), ("right", RIGHT.light)):
        rows = found.curves[(found.curves["signal"] == "shank_angle_deg") & (found.curves["side"] == side)]
        phase, mean, sd = (rows[name].to_numpy(float) for name in ("phase_percent", "mean", "sd"))
        panel.band(phase, mean - sd, mean + sd, colour)
        panel.line(phase, mean, colour, width=2)
    left = strides[strides["side"] == "left"]
    off = 100 * float((left["contact_time_s"] / left["stride_time_s"]).median())
    panel.rule(off, MUTED, label="toe-off", dash="3 3")
    panel.dots([100], [float(left["shank_angle_ic_deg"].median())], INK, radius=4)
    panel.text(100, float(left["shank_angle_ic_deg"].median()), "at contact", INK, dx=-4, dy=24, anchor="end")
    peak = rows.iloc[int(np.argmax(mean))]
    panel.dots([float(peak["phase_percent"])], [float(peak["mean"])], INK, radius=4)
    panel.text(
        float(peak["phase_percent"]),
        float(peak["mean"]),
        "largest in late swing",
        INK,
        dy=-10,
        dx=-4,
        anchor="end",
    )
    panel.text(2, -110, "blue: left, orange: right, ± 1 sd", MUTED, dy=-8, anchor="start")
    return picture([panel], x_name="share of the stride (%)", says="Average shank inclination")


def speed() -> str:
    """Speed stride by stride while the pace changes, without calibration."""
    simulation, found = simulated(CHANGING)
    panel = Panel(
        "speed of every stride (m/s), not calibrated",
        (0, 120),
        (2, 5),
        list(range(0, 121, 20)),
        [2, 3, 4, 5],
        190,
    )
    truth = simulation.truth.strides
    true_run = truth[(truth["activity"] == "run") & (truth["side"] == "left")]
    ours = found.strides[(found.strides["activity"] == "run") & found.strides["valid"]]
    for side, colour in (("left", LEFT.light), ("right", RIGHT.light)):
        leg = ours[ours["side"] == side]
        panel.dots(leg["ic_time_s"], leg["speed_mps"], colour)
    panel.line(true_run["ic_time_s"], true_run["speed_mps"], INK, width=1.2, dash="3 3")
    panel.text(120, 2, "dots: found, left and right; dashed: true", INK, dx=-4, dy=-8, anchor="end")
    return picture([panel], x_name="time (s)", says="Speed of every stride, found and true")


def pelvis() -> str:
    """Obliquity over a stride from the left contact, and what the drop of each stance is."""
    _, found = simulated(STEADY)
    curve = found.curves[
        (found.curves["signal"] == "pelvic_obliquity_deg") & (found.curves["side"] == "right")
    ]
    phase, mean = curve["phase_percent"].to_numpy(float), curve["mean"].to_numpy(float)
    strides = found.strides[(found.strides["side"] == "right") & found.strides["valid"]]
    off = 100 * float((strides["contact_time_s"] / strides["stride_time_s"]).median())
    panel = Panel(
        "pelvic obliquity from one right contact to the next (°), right side high: positive",
        (0, 100),
        (-8, 12),
        [0, 25, 50, 75, 100],
        [-5, 0, 5, 10],
        200,
    )
    panel.span(0, off, RIGHT.light, label="right stance")
    panel.level(0, ZERO.light)
    panel.line(phase, mean, INK, width=2)
    stance = phase <= off
    top = int(np.argmax(np.where(stance, mean, -np.inf)))
    panel.level(float(mean[0]), MUTED)
    panel.line([phase[top]] * 2, [mean[0], mean[top]], RIGHT.light, width=2.4)
    panel.text(
        float(phase[top]), 0.5 * float(mean[0] + mean[top]), "drop", RIGHT.light, dx=-6, dy=4, anchor="end"
    )
    panel.text(50, float(mean[0]), "as at contact", MUTED, dy=-5)
    return picture(
        [panel],
        x_name="share of the stride (%)",
        says="Pelvic obliquity in right stance, and its drop",
    )


def _drawing(name: str) -> Callable[[], str]:
    """The small drawing that the page of a run shows, in the colours of print."""
    classes = (
        ".ground{stroke:#b9bdb9;stroke-width:2}"
        ".far{stroke:#b9bdb9;stroke-width:7;stroke-linecap:round;fill:none}"
        ".limb{stroke:#15191e;stroke-width:7;stroke-linecap:round;fill:none}.foot{fill:#15191e}"
        ".aid{stroke:#59626c;stroke-dasharray:4 4;fill:none}"
        ".angle,.arrow{stroke:#0f6f66;stroke-width:2;fill:none}"
        ".joint{fill:#fff;stroke:#15191e;stroke-width:2}.sign{font-weight:700;fill:#0f6f66}"
    )

    def drawn() -> str:
        whole = files("imu.report").joinpath(f"{name}.svg").read_text(encoding="utf-8")
        says = whole.split('aria-label="')[1].split('"')[0]
        inner = whole[whole.index(">") + 1 : whole.rindex("</svg>")]
        return framed(f"<style>{classes}</style>{inner}", width=280, height=170, says=says)

    return drawn


FIGURES: dict[str, Callable[[], str]] = {
    "activity": activity,
    "alignment": alignment,
    "contacts": contacts,
    "orientation": orientation,
    "shank_angle": shank_angle,
    "shank_angle_sign": _drawing("shank_angle"),
    "speed": speed,
    "pelvis": pelvis,
    "pelvic_drop_sign": _drawing("pelvic_drop"),
}


def main(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for name, made in FIGURES.items():
        (folder / f"{name}.svg").write_text(made(), encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent / "images")
