"""Colours and type of the page and of its charts, light and dark.

A chart cannot read CSS variables: Plotly writes `fill: rgb(...)` into every shape. So figures are drawn in
the light value of a colour, and `stylesheet()` adds one rule per colour that turns exactly this value into
the dark one. Page and charts follow the reader's scheme together, without a script, and paper stays light.
"""

from dataclasses import dataclass

import plotly.graph_objects as go

FONT = 'system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "Helvetica Neue", sans-serif'


@dataclass(frozen=True, slots=True)
class Colour:
    """One meaning in two schemes; `#rrggbb` each."""

    name: str
    light: str
    dark: str

    @property
    def in_chart(self) -> str:
        """As Plotly writes it into the page, which is what the dark rules look for."""
        red, green, blue = (int(self.light[at : at + 2], 16) for at in (1, 3, 5))
        return f"rgb({red}, {green}, {blue})"


PAGE = Colour("page", "#fbfbf9", "#101316")
RAISED = Colour("raised", "#ffffff", "#191d21")
INK = Colour("ink", "#15191e", "#e9ecef")
MUTED = Colour("muted", "#59626c", "#a0a9b3")
GRID = Colour("grid", "#e6e7e3", "#2a3036")
ZERO = Colour("zero", "#b9bdb9", "#4b535b")
# Blue and vermilion stay apart for red-, green- and blue-blind readers (Okabe & Ito 2008); deepened until
# both stand out from the page.
LEFT = Colour("left", "#0a66ad", "#62b2f4")
RIGHT = Colour("right", "#bd4707", "#f7985b")
BOTH = Colour("both", "#3d5a5b", "#a9c4c3")
RUN = Colour("run", "#0f6f66", "#4cc0b1")
WALK = Colour("walk", "#86bab4", "#2b6660")
STAND = Colour("stand", "#c3cdcb", "#4a5759")
NOTICE = Colour("notice", "#8a5a00", "#f0bd58")

COLOURS = (PAGE, RAISED, INK, MUTED, GRID, ZERO, LEFT, RIGHT, BOTH, RUN, WALK, STAND, NOTICE)

TEMPLATE = go.layout.Template(
    layout={
        "font": {"family": FONT, "size": 12, "color": MUTED.in_chart},
        "paper_bgcolor": "rgba(0,0,0,0)",
        "plot_bgcolor": "rgba(0,0,0,0)",
        "margin": {"l": 44, "r": 24, "t": 8, "b": 28, "pad": 4},
        "showlegend": False,
        "hovermode": "x unified",
        "hoverlabel": {
            "bgcolor": RAISED.in_chart,
            "bordercolor": GRID.in_chart,
            "font": {"family": FONT, "size": 12, "color": INK.in_chart},
        },
        "xaxis": {
            "showgrid": False,
            "zeroline": False,
            "showline": True,
            "linecolor": ZERO.in_chart,
            "ticks": "outside",
            "ticklen": 4,
            "tickcolor": ZERO.in_chart,
            "spikecolor": ZERO.in_chart,
            "spikethickness": 1,
            "spikedash": "solid",
        },
        "yaxis": {
            "fixedrange": True,
            "gridcolor": GRID.in_chart,
            "zeroline": False,
            "nticks": 5,
            "ticks": "",
        },
    }
)


def stylesheet() -> str:
    """Custom properties of both schemes, and the rules that carry the charts into the dark one."""
    charts = "\n".join(_in_the_dark(colour, paint) for colour in COLOURS for paint in ("fill", "stroke"))
    dark = f":root {{ {_properties(dark=True)} }}\n{charts}"
    return (
        f":root {{ --font: {FONT}; {_properties(dark=False)} }}\n"
        f"@media screen and (prefers-color-scheme: dark) {{\n{dark}\n}}\n"
    )


def _in_the_dark(colour: Colour, paint: str) -> str:
    # Shapes carry their colour in `style`, hatchings in an attribute of the same name.
    shapes, hatchings = f"[style*='{paint}: {colour.in_chart}']", f"[{paint}='{colour.in_chart}']"
    return f".plot :is({shapes}, {hatchings}) {{ {paint}: {colour.dark} !important; }}"


def _properties(*, dark: bool) -> str:
    return " ".join(f"--{colour.name}: {colour.dark if dark else colour.light};" for colour in COLOURS)
