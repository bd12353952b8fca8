"""The names of `import imu`: they are there, they are typed, and they cost nothing until used."""

import ast
import inspect
import subprocess
import sys
from types import ModuleType

import pytest

import imu
import imu.analysis
import imu.formats
import imu.report

PACKAGES = (imu, imu.analysis, imu.formats, imu.report)


@pytest.mark.parametrize(
    ("package", "name"), [(package, name) for package in PACKAGES for name in package.__all__]
)
def test_every_public_name_is_there(package: ModuleType, name: str) -> None:
    assert getattr(package, name) is not None
    assert name in dir(package)


@pytest.mark.parametrize("package", PACKAGES)
def test_type_checkers_are_told_the_same_names(package: ModuleType) -> None:
    tree = ast.parse(inspect.getsource(package))
    (block,) = [node for node in tree.body if isinstance(node, ast.If)]
    told = {alias.asname for node in block.body if isinstance(node, ast.ImportFrom) for alias in node.names}
    assert told == set(package.__all__)


def test_an_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="module 'imu' has no attribute 'analyse'"):
        _ = imu.analyse


@pytest.mark.parametrize(
    ("package", "others"),
    [
        ("imu", {"numpy", "scipy", "pandas", "pyarrow", "plotly"}),
        ("imu.report", {"plotly"}),
        ("imu.analysis", {"scipy", "pandas"}),
        ("imu.formats", {"imu.formats.reading"}),
        ("imu.store", {"fsspec"}),
    ],
)
def test_nobody_waits_for_what_is_not_used(package: str, others: set[str]) -> None:
    script = f"import sys, {package}; print({others} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout == "set()\n"
