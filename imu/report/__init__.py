"""What is drawn of one analysed run, and the self-contained HTML page of it: `write_page(analysis, path)`.

What the page holds: tables and charts of the stride table and the summary, with plotly.js inside, so that it
can be mailed, archived and opened without a network. What it does not do: judge. Every number comes from the
analysis; the page only chooses, rounds and draws. `panels` and `style` give a notebook the same looks.
"""

from typing import TYPE_CHECKING

from imu.first_use import on_first_use

if TYPE_CHECKING:
    from imu.report.notebook import panels as panels, style as style
    from imu.report.page import write_page as write_page

_HOMES = {"panels": "notebook", "style": "notebook", "write_page": "page"}
__all__ = sorted(_HOMES)

# The command line also reads the words and units of `imu.report.metrics`; it must not wait for Plotly.
__getattr__, __dir__ = on_first_use(__name__, _HOMES)
