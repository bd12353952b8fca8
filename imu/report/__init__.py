"""What is drawn of one analysed run, and the self-contained HTML page of it: `write_page(analysis, path)`.

What the page holds: tables and charts of the stride table and the summary, with plotly.js inside, so that it
can be mailed, archived and opened without a network. What it does not do: judge. Every number comes from the
analysis; the page only chooses, rounds and draws. `panels` and `style` give a notebook the same looks.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from imu.report.notebook import panels as panels, style as style
    from imu.report.page import write_page as write_page

_HOMES = {"panels": "notebook", "style": "notebook", "write_page": "page"}
__all__ = ["panels", "style", "write_page"]


def __getattr__(name: str) -> object:
    # The command line also reads the words and units of `imu.report.metrics`; it must not wait for Plotly.
    if name not in _HOMES:
        raise AttributeError(f"module 'imu.report' has no attribute {name!r}")
    return getattr(import_module(f"imu.report.{_HOMES[name]}"), name)
