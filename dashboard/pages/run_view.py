"""What a run's page is made of: a run in, parts out. Nothing here reads the store."""

import dash_mantine_components as dmc
from dash.development.base_component import Component

from dashboard.components import run_angles
from dashboard.components.chart import chart
from dashboard.components.section import section
from dashboard.components.sides import in_order, look_of, side_label, side_name
from dashboard.figures import one_run as figures
from dashboard.text import _
from imu.analysis.trust import unsound_in
from imu.followup.one_run import OneRun, numbers
from imu.report.metrics import PELVIC_DROP, SHANK_ANGLE, Metric
from imu.training.comparison import NotCompared
from imu.training.history import Side
from imu.training.metrics import PELVIC_DROP_DIFFERENCE, SHANK_ANGLE_IC
from imu.training.overstride import WithinRun, within_run
from imu.training.usual_range import UsualRange, usual_range


def done(found: OneRun) -> Component:
    """What was done when."""
    run = found.run
    figure = figures.bouts(run.bouts, duration_s=run.duration_s)
    words = _("Dark: running, with pace. Hatched: walking. Dotted: standing.")
    return section(
        _("What you did"), chart(figure, label=_("Standing, walking, running"), height=96, summary=words)
    )


def angles(found: OneRun) -> Component:
    """Shank angle at contact of both legs, and how far the drop of the pelvis differs."""
    run, injured, longest = found.run, found.injured, longest_min(found)
    seen = {
        side: usual_range(run, SHANK_ANGLE_IC, side, found.baselines.get(f"overstride_{side}"))
        for side in in_order(injured=injured)
    }
    limits = figures.shared_limits(list(seen.values()))
    legs = [_leg(found, side, one, longest, limits) for side, one in seen.items()]
    note = _("How far the ankle is ahead of the knee as the foot lands. A change is a pattern to discuss.")
    return dmc.Stack(
        [
            section(
                _("Shank angle at contact"),
                dmc.SimpleGrid(legs, cols={"base": 1, "md": 2}, spacing="xl"),
                lead=note,
            ),
            *_drop_difference(found, longest),
        ],
        gap="lg",
    )


def _leg(
    found: OneRun, side: Side, seen: UsualRange, longest: float, limits: tuple[float, float] | None
) -> Component:
    baseline = found.baselines.get(f"overstride_{side}")
    looked = None if baseline is None else within_run(found.run, baseline)
    began = looked.onset if isinstance(looked, WithinRun) else None
    parts: list[Component] = [
        side_label(side, injured=found.injured),
        run_angles.beside_usual(
            seen, _median(found, side, SHANK_ANGLE), is_sound=f"shank_{side}" not in unsound_in(found.summary)
        ),
    ]
    if len(seen.value_deg):
        mark = None if began is None else figures.ChangeWithin(began.minute, began.between_min)
        figure = figures.angle(
            seen,
            look_of(side, injured=found.injured),
            longest_min=longest,
            limits=limits,
            began=mark,
        )
        name = side_name(side, injured=found.injured)
        label = _("Shank angle at contact over the run, {side}", side=name)
        parts.append(chart(figure, label=label, height=240, summary=run_angles.range_words(seen)))
    elif seen.not_judged is not None and baseline is not None:
        parts.append(dmc.Text(run_angles.range_words(seen), size="sm", c="dimmed"))
    if baseline is not None and seen.not_judged is None:
        why_not = looked.reason if isinstance(looked, NotCompared) else None
        parts += run_angles.onset(None if began is None else began.evidence, why_not)
    return dmc.Stack(parts, gap="xs")


def _drop_difference(found: OneRun, longest: float) -> list[Component]:
    seen = usual_range(found.run, PELVIC_DROP_DIFFERENCE, None, found.baselines.get("drop_asymmetry"))
    if not len(seen.value_deg):
        return []
    first, second = in_order(injured=found.injured)
    sign = 1 if first == "left" else -1  # rules count left minus right
    names = {side: side_name(side, injured=found.injured) for side in (first, second)}
    note = _(
        "How much further the pelvis sinks while the {first} carries you than on the {second}.",
        first=names[first],
        second=names[second],
    )
    look = look_of("both", injured=found.injured)
    figure = figures.angle(
        seen, look, longest_min=longest, sign=sign, limits=figures.shared_limits([seen], sign=sign)
    )
    label = _("Difference of pelvic drop over the run")
    return [
        section(
            _("Difference of pelvic drop"),
            run_angles.beside_usual(seen, _more_on(found, first, second), sign=sign),
            chart(figure, label=label, height=200, summary=run_angles.range_words(seen)),
            lead=note,
        )
    ]


def _median(found: OneRun, side: Side, metric: Metric) -> float | None:
    return metric.median(numbers(found.run, found.summary), side)


def _more_on(found: OneRun, first: Side, second: Side) -> float | None:
    """How much more the pelvis drops in the stance of one leg than of the other, as their own numbers say."""
    here, there = (_median(found, side, PELVIC_DROP) for side in (first, second))
    return None if here is None or there is None else here - there


def without_recording(found: OneRun) -> Component:
    """A run whose numbers came without samples: said kindly, with what there is."""
    if found.watches:
        return dmc.Alert(
            _("Distance, time and speed count as load. How you run is measured by sensors on the body."),
            title=_("This run was told by a watch."),
            color="gray",
            variant="outline",
        )
    why = (
        _("This run is simulated, and simulated seasons have no recordings.")
        if found.athlete.simulated
        else _("This run came without its recording.")
    )
    what = _(
        "Everything above is told by its segments, medians of 25 strides. Curves, impact, contact "
        "time, raw signals and a look at the sensors need a recording."
    )
    return dmc.Alert(what, title=why, color="gray", variant="outline")


def longest_min(found: OneRun) -> float:
    latest = found.run.segments.column("minute")
    recorded_s = found.run.running_s - found.run.running_beside_s
    return max(recorded_s / 60, float(latest.max()) if len(latest) else 0.0, 0.5)
