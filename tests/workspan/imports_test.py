# SPDX-License-Identifier: Apache-2.0
"""Who imports whom in the Python package, by docs/design.md; every module has its test."""

import ast
from collections import defaultdict
from collections.abc import Iterator
from graphlib import TopologicalSorter
from pathlib import Path

import pytest
from design import design_table
from paths import ROOT, SCRIPTS


def import_rows() -> Iterator[tuple[str, int, set[str]]]:
    """Who may import whom: a package, its layer, and the packages that it may import."""
    rows = design_table("package | layer | subject | may import")
    packages = {package.strip("`") for package, *_ in rows}
    for package, layer, _, allowed in rows:
        named = packages if allowed == "all" else {*allowed.split(", ")} - {"-"}
        yield package.strip("`"), int(layer), named - {package.strip("`")}


PACKAGE_IMPORTS = {package: allowed for package, _, allowed in import_rows()}
PACKAGE = SCRIPTS / "workspan"


def imported_modules(path: Path) -> Iterator[str]:
    """The modules of the package that a file imports, also within functions: report.frame."""
    for node in ast.walk(ast.parse(path.read_text())):
        names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
        if isinstance(node, ast.ImportFrom):
            assert node.level == 0, "imports name modules from the root"
            module = node.module or ""
            names = [f"{module}.{a.name}" for a in node.names] if module == "workspan" else [module]
        yield from (
            name.removeprefix("workspan.") for name in names if name.startswith("workspan.")
        )


def test_the_packages_imports_run_downwards_only() -> None:
    layers = {package: layer for package, layer, _ in import_rows()}
    for package, layer, allowed in import_rows():
        assert all(layers[module.split(".")[0]] < layer for module in allowed), package
    folders = {p.name for p in PACKAGE.iterdir() if (p / "__init__.py").exists()}
    assert folders <= set(layers), "each package has a row in the table"


@pytest.mark.parametrize("path", sorted(PACKAGE.rglob("*.py")), ids=str)
def test_python_file_imports_only_what_its_package_may(path: Path) -> None:
    package = path.relative_to(PACKAGE).parts[0].removesuffix(".py")
    allowed = PACKAGE_IMPORTS[package] | {package}
    found = {
        module
        for module in imported_modules(path)
        if not any(f"{module}.".startswith(f"{one}.") for one in allowed)
    }
    assert not (found - {"__version__"}), f"{package} may import {sorted(allowed)}"


@pytest.mark.parametrize("package", ["analysis", "plot", "report"])
def test_the_folders_of_a_package_import_in_one_direction(package: str) -> None:
    """And so do the modules beside them."""
    imports: dict[str, set[str]] = defaultdict(set)
    for path in (PACKAGE / package).rglob("*.py"):
        own = path.relative_to(PACKAGE / package).with_suffix("").parts[0]
        inside = (m.split(".") for m in imported_modules(path) if m.startswith(f"{package}."))
        imports[own] |= {names[1] for names in inside} - {own}
    assert len([*TopologicalSorter(imports).static_order()]) >= len(imports) > 10


# Modules with nothing that could be tested alone, and where they are.
UNTESTED = {
    "resultfile/google/rows.py",  # types only: resultfile/consistency_test.py reads them
    "resultfile/versions/version1.py",  # types only: versions/upgrade_test.py reads them
}
MODULES = sorted(p for p in PACKAGE.rglob("*.py") if not p.name.startswith("__"))


@pytest.mark.parametrize("path", MODULES, ids=str)
def test_a_module_has_a_test_of_its_name(path: Path) -> None:
    module = path.relative_to(PACKAGE)
    test = ROOT / "tests/workspan" / module.with_name(f"{path.stem}_test.py")
    assert test.exists() != (module.as_posix() in UNTESTED), "tested, or in UNTESTED with a reason"
