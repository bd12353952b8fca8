"""The self-contained HTML page of one analysed run: `write_page(analysis, path)`.

What it holds: tables and charts of the stride table and the summary, with plotly.js inside, so that the page
can be mailed, archived and opened without a network. What it does not do: judge. Every number comes from the
analysis; the page only chooses, rounds and draws.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from imu.report.page import write_page as write_page

__all__ = ["write_page"]


def __getattr__(name: str) -> object:
    # The command line also reads the words and units of `imu.report.metrics`; it must not wait for Plotly.
    if name != "write_page":
        raise AttributeError(f"module 'imu.report' has no attribute {name!r}")
    return import_module("imu.report.page").write_page
