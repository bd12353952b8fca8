"""An open page follows what happens: it asks for one word, and is filled again only when that changed."""

import hashlib
from collections.abc import Callable
from typing import Any

from dash import ClientsideFunction, Dash, Input, Output, State, set_props
from dash.development.base_component import Component
from dash.exceptions import PreventUpdate

from dashboard import desk, ids
from imu.store import Repository

Newest = Callable[[Repository, str], str]  # of whom: what stands behind `of`


def newest_of(repository: Repository, athlete_id: str) -> str:
    """Another word after each change in an athlete's story, and in what is on its way into it."""
    jobs = [
        (job.job_id, job.state, round(20 * (job.share_done or 0.0)))
        for job in repository.jobs.listed(athlete_id)
    ]
    told = f"{repository.standings.newest(athlete_id)} {jobs}"
    return hashlib.sha256(told.encode()).hexdigest()[:16]


def follow(
    app: Dash,
    page: str,
    newest: Newest,
    *,
    content: str = "",
    again: Callable[[str], Component] | None = None,
) -> None:
    """Register what a `follower` of this page asks. `again` makes the `content` anew once there is news.

    Without it the page hears of news by the data of its control `newest`.
    """
    asked, known = (ids.control(page, name, ids.MATCH) for name in ("asked", "newest"))
    follower = ids.control(page, "follower", ids.MATCH)
    app.clientside_callback(
        ClientsideFunction("restride", "mayAsk"),
        Output(asked, "data"),
        Input(ids.control(page, "tick", ids.MATCH), "n_intervals"),
        State(follower, "id"),
        prevent_initial_call=True,
    )

    @app.callback(
        Output(known, "data"),
        Input(asked, "data"),
        State(known, "data"),
        State(known, "id"),
        prevent_initial_call=True,
    )
    def look(asked: Any, known: Any, at: dict[str, Any]) -> Any:
        of = str(at["of"])
        with desk.looking() as repository:
            told = newest(repository, of)
        if not asked or told == known:
            raise PreventUpdate
        if again is not None:
            set_props(ids.content(content, of), {"children": again(of)})
        return told
