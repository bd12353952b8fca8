"""Runs the notebooks, and writes each as a page that needs no network: `notebooks_html.py FOLDER`."""

import os
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

import nbformat
import plotly.io
from nbclient import NotebookClient
from nbconvert import HTMLExporter

ROOT = Path(__file__).resolve().parents[1]
FIGURE = "application/vnd.plotly.v1+json"


def main(out: Path) -> None:
    os.environ["PLOTLY_RENDERER"] = "plotly_mimetype"  # in the notebook's process: figures as data
    out.mkdir(parents=True, exist_ok=True)
    # Without addresses: the defaults fetch scripts from public servers.
    pages = HTMLExporter(mathjax_url="", require_js_url="", jquery_url="", widget_renderer_url="")
    for path in sorted((ROOT / "notebooks").glob("*.ipynb")):
        notebook = nbformat.read(path, as_version=4)
        with TemporaryDirectory() as folder:
            NotebookClient(notebook, timeout=300, resources={"metadata": {"path": folder}}).execute()
        _draw(notebook)
        _lead_to_pages(notebook)
        page, _ = pages.from_notebook_node(notebook)
        (out / f"{path.stem}.html").write_text(page, encoding="utf-8")
        print(out / f"{path.stem}.html")


def _draw(notebook: nbformat.NotebookNode) -> None:
    """Figures as HTML, the first one with the library that draws them all."""
    outputs = [output for cell in notebook.cells for output in cell.get("outputs", [])]
    figures = [output["data"] for output in outputs if FIGURE in output.get("data", {})]
    for number, data in enumerate(figures):
        figure = data.pop(FIGURE)
        data["text/html"] = plotly.io.to_html(
            {"data": figure["data"], "layout": figure["layout"]},
            include_plotlyjs=number == 0,
            include_mathjax=False,
            full_html=False,
            config={"displaylogo": False, "responsive": True},
            validate=False,
        )


def _lead_to_pages(notebook: nbformat.NotebookNode) -> None:
    """Links to other notebooks as links to their pages."""
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            cell.source = cell.source.replace(".ipynb)", ".html)")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
