"""The injured side against the other, as an episode's page shows it: charts over runs, then a table."""

from datetime import datetime

import dash_mantine_components as dmc
from dash import html
from dash.development.base_component import Component

from dashboard.components.chart import chart
from dashboard.components.episode_sides import sentence_of_sides, sides_table
from dashboard.components.section import section
from dashboard.figures import sides as figures
from dashboard.text import _, episode_words as words
from imu.followup.episode import Episode


def sides(episode: Episode, *, onset: datetime) -> Component:
    """A chart for each quantity that runs show of both legs, and a table of all."""
    told = [one for one in episode.sides if one.runs]
    if not told:
        return section(
            _("Injured side against the other"),
            dmc.Text(
                _("Not judged: no run shows both legs. It takes a sensor on each shank, or a pelvis one.")
            ),
        )
    charts = [
        html.Div(
            [
                dmc.Title(words.quantity(one.quantity).name, order=3, size="h5"),
                dmc.Text(words.quantity(one.quantity).more + " ↑", size="sm", c="dimmed"),
                chart(figures.over_runs(one, onset=onset), label=sentence_of_sides(one), height=330),
            ]
        )
        for one in told
    ]
    return section(
        _("Injured side against the other"),
        dmc.SimpleGrid(charts, cols={"base": 1, "md": 2}, spacing="lg"),
        sides_table(episode.sides),
        lead=_(
            "Medians of a run (of its angles those of level, steady parts, so not quite the run's own), held "
            "against the runs without symptoms before the injury. The mean of the "
            "last runs, three at most, is judged; single runs scatter more. Grey: what is too small to tell "
            "of that mean, 1.96 √2 sd between runs, for a mean of three 1/√3 of it. No less than 2° for "
            "angles, 10 ms for contact time and 1.5 g for peak tibial acceleration: straps, shoes and days "
            "feign as much."
        ),
    )
