# SPDX-License-Identifier: Apache-2.0
"""scripts/docs: writes what is out of date, or only says so."""

from pathlib import Path

import pytest
from paths import ROOT

from workspan.docs.pages import main, pages

BLOCK = "<!-- output: {} -->\nold\n<!-- /output -->\n"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "docs").mkdir()
    (tmp_path / "README.md").write_text("nothing generated\n")
    command = f"workspan validate {ROOT}/results/epyc-vm-2-cores/quick.json"
    (tmp_path / "docs/a.md").write_text(BLOCK.format(command))
    return tmp_path


def test_check_tells_of_a_page_and_leaves_it(
    root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["--check", "--root", str(root)]) == 1
    assert capsys.readouterr().out == "docs/a.md\n"
    assert "\nold\n" in (root / "docs/a.md").read_text()


def test_a_page_is_written_once(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert [main(["--root", str(root)]) for _ in range(2)] == [0, 0]
    assert capsys.readouterr().out == "docs/a.md\n"
    assert "\nold\n" not in (root / "docs/a.md").read_text()
    assert main(["--check", "--root", str(root)]) == 0


def test_a_mistake_in_a_page_is_one_line(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (root / "README.md").write_text(BLOCK.format("nonsense"))
    assert main(["--root", str(root)]) == 2
    assert capsys.readouterr().err == "scripts/docs: unknown source of a block: nonsense\n"


def test_the_pages_are_the_readme_and_those_of_docs(root: Path) -> None:
    assert [page.name for page in pages(root)] == ["README.md", "a.md"]
