"""What is said to a warning of an episode."""

from dash import Dash
from dash.development.base_component import Component

from dashboard import desk, ids
from dashboard.pages import warning_acts
from dashboard.pages.episode import shown, whose
from dashboard.text import _, episode_words as words

_PAGE = "episode"


def register(app: Dash) -> None:
    warning_acts.register(app, _PAGE, ids.content(_PAGE, ids.MATCH), _answered)


def _answered(of: str, answer: warning_acts.Answer) -> Component:
    with desk.looking() as repository:
        athlete_id = whose(repository, of)
    code, told = warning_acts.keep(athlete_id, answer), []
    if code is not None:
        name, status = words.warning(code), words.act(answer.kind)
        told = [_("{warning}: {status}.", warning=name, status=status)]
    with desk.looking() as repository:
        return shown(repository, athlete_id, told=told)
