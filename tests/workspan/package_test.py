# SPDX-License-Identifier: Apache-2.0
"""What pyproject.toml installs: every package, and the files that are not modules."""

import re

from paths import SCRIPTS
from setuptools import find_packages

CONFIGURATION = (SCRIPTS / "pyproject.toml").read_text()


def quoted(pattern: str) -> list[str]:
    """The strings of the list after this pattern."""
    found = re.search(rf"{pattern} = \[(.*?)\]", CONFIGURATION, re.S)
    assert found, pattern
    return re.findall(r'"([^"]+)"', found[1])


def test_every_folder_with_modules_is_installed() -> None:
    found = find_packages(str(SCRIPTS), include=quoted(r"packages\.find\.include"))
    folders = {path.parent for path in (SCRIPTS / "workspan").rglob("*.py")}
    assert set(found) == {".".join(folder.relative_to(SCRIPTS).parts) for folder in folders}


def test_every_other_file_is_installed() -> None:
    package = SCRIPTS / "workspan"
    installed = {
        path for name in quoted(r"package-data = \{ workspan") for path in package.glob(name)
    }
    files = {path for path in package.rglob("*") if path.is_file()}
    assert installed == {path for path in files if path.suffix not in (".py", ".pyc")}
