"""The notebooks: they run from top to bottom, and are kept without what they printed."""

import json
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from jupyter_client.manager import AsyncKernelManager

ROOT = Path(__file__).resolve().parents[2]
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
LONGEST_S = 300  # of a cell on a machine busy with other tests; alone the slowest notebook takes some seconds

each = pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)


def test_there_are_notebooks() -> None:
    assert NOTEBOOKS


@pytest.fixture(scope="module")
def kernel() -> Iterator["AsyncKernelManager"]:
    """One process for all notebooks: to load what each of them imports takes it longer than to run them."""
    # Both take two seconds, which collecting tests should not.
    from jupyter_client.manager import AsyncKernelManager
    from jupyter_core.utils import run_sync

    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PLOTLY_RENDERER", "plotly_mimetype")
        patch.setenv("PYTHONPATH", os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")]))
        manager = AsyncKernelManager(kernel_name="python3")
        yield manager
        if manager.has_kernel:
            run_sync(manager.shutdown_kernel)(now=True)


@each
@pytest.mark.slow
def test_a_notebook_runs_from_top_to_bottom(path: Path, tmp_path: Path, kernel: "AsyncKernelManager") -> None:
    import nbformat
    from nbclient import NotebookClient

    notebook = nbformat.read(path, as_version=4)
    # No name that another notebook gave is known, and its files lie elsewhere.
    notebook.cells.insert(0, nbformat.v4.new_code_cell(f"%reset -f\n%cd -q {tmp_path}"))
    client = NotebookClient(notebook, km=kernel, timeout=LONGEST_S)
    client.execute()
    assert client.kc is not None
    client.kc.stop_channels()
    outputs = [output for cell in notebook.cells for output in cell.get("outputs", [])]
    drawn = [output for output in outputs if "application/vnd.plotly.v1+json" in output.get("data", {})]
    assert len(drawn) >= 2
    assert [output.text for output in outputs if output.get("name") == "stderr"] == []


@pytest.mark.unhurried
@each
def test_a_notebook_is_kept_without_outputs_for_any_python_3(path: Path) -> None:
    import nbformat

    notebook = nbformat.read(path, as_version=4)
    nbformat.validate(notebook)
    assert notebook.metadata.kernelspec.name == "python3"
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    assert [cell.id for cell in code if cell.outputs or cell.execution_count is not None] == []


@each
def test_links_of_a_notebook_lead_to_files(path: Path) -> None:
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    prose = "\n".join("".join(cell["source"]) for cell in cells if cell["cell_type"] == "markdown")
    targets = [target for target in re.findall(r"\]\(([^)#\s]+)", prose) if not re.match(r"[a-z]+:", target)]
    assert [target for target in targets if not (path.parent / target).exists()] == []
