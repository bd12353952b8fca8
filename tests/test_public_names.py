"""The names of `import imu`: they are there, they are typed, and they cost nothing until used."""

import ast
import inspect
import subprocess
import sys

import pytest

import imu


@pytest.mark.parametrize("name", imu.__all__)
def test_every_public_name_is_there(name: str) -> None:
    assert getattr(imu, name) is not None
    assert name in dir(imu)


def test_type_checkers_are_told_the_same_names() -> None:
    tree = ast.parse(inspect.getsource(imu))
    (block,) = [node for node in tree.body if isinstance(node, ast.If)]
    told = {alias.asname for node in block.body if isinstance(node, ast.ImportFrom) for alias in node.names}
    assert told == set(imu.__all__)


def test_an_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="module 'imu' has no attribute 'analyse'"):
        _ = imu.analyse


def test_importing_loads_no_heavy_library() -> None:
    script = "import sys, imu; print({'numpy', 'scipy', 'pandas', 'pyarrow', 'plotly'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout == "set()\n"
