# SPDX-License-Identifier: Apache-2.0
"""The pages: short, linked to what is there, and with what the commands print today.

BENCH names the binary; without it, outside ctest, blocks that need it are left out.
"""

import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from workspan.cli.app import app, invoke
from workspan.cli.plot import ALL, HELP
from workspan.docs.blocks import BLOCK, refreshed
from workspan.docs.outputs import Outputs

ROOT = Path(__file__).resolve().parent.parent
README = ROOT / "README.md"
MOST_LINES = 130
PAGES = [README, ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md"))]
LINK = re.compile(r"\]\(([^)#\s]*)(?:#([^)\s]*))?\)")
QUOTED = re.compile(r"(?<!than )\b(\d+\.\d+|\d+(?= ?%|x\b| [num]?s\b| [kMG](?:B|FLOP)\b))")
GENERATED = {
    "README.md": ["answer", "workloads"],
    "docs/analysing.md": ["workspan analyze"],
    "docs/comparing.md": ["workspan compare"],
    "docs/concurrency.md": ["workspan concurrency"] * 6,
    "docs/gpu.md": ["workspan gpu"],
    "docs/reading-the-table.md": ["workspan info"],
    "docs/workloads.md": ["checks", "variants", "contracts"],
}

of_pages = pytest.mark.parametrize(
    "path", PAGES, ids=lambda path: path.relative_to(ROOT).as_posix()
)


def prose(path: Path) -> str:
    """Without blocks of code."""
    return re.sub(r"^```.*?^```$", "", path.read_text(), flags=re.M | re.S)


def anchors(path: Path) -> Iterator[str]:
    """Those that GitHub makes of the headings."""
    seen: dict[str, int] = {}
    for heading in re.findall(r"^#+ (.*)$", prose(path), re.M):
        anchor = re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")
        yield f"{anchor}-{seen[anchor]}" if anchor in seen else anchor
        seen[anchor] = seen.get(anchor, 0) + 1


def broken_links(path: Path) -> list[str]:
    """Relative ones to a file or a heading that is missing."""
    broken = []
    for name, anchor in LINK.findall(prose(path)):
        target = path.parent / name if name else path
        if "//" in name or (target.exists() and not anchor):
            continue
        if target.suffix != ".md" or not target.exists() or anchor not in anchors(target):
            broken.append(f"{name}#{anchor}")
    return broken


@of_pages
def test_a_page_links_only_to_what_is_there(path: Path) -> None:
    assert broken_links(path) == []


def test_a_broken_link_is_found(tmp_path: Path) -> None:
    page = tmp_path / "a.md"
    page.write_text(
        "# A: b, c\n## It\n## It\n"
        "[x](#a-b-c) [x](#it-1) [x](a.md#it) [x](https://x.org/y#z)\n"
        "[x](#it-2) [x](b.md) [x](a.md#no) [x](b.md#it)\n```\n[x](c.md)\n```\n"
    )
    assert broken_links(page) == ["#it-2", "b.md#", "a.md#no", "b.md#it"]


def test_the_readme_is_short() -> None:
    assert len(README.read_text().splitlines()) <= MOST_LINES


DRAWN = [  # kind, run and picture of each command in the pages
    found
    for page in sorted((ROOT / "docs").glob("*.md"))
    for found in re.findall(
        r"`workspan plot (\S+)\s+(\S+)\s+-o\s+(docs/images/\S+)`", page.read_text()
    )
]


@pytest.mark.parametrize(("kind", "run", "picture"), DRAWN)
def test_a_picture_of_a_run_is_what_the_command_beside_it_draws(
    kind: str, run: str, picture: str, tmp_path: Path
) -> None:
    assert invoke(["plot", kind, str(ROOT / run), "-o", str(tmp_path / "new.svg")]) == 0
    same = (tmp_path / "new.svg").read_bytes() == (ROOT / picture).read_bytes()
    assert same, f"run workspan plot {kind} {run} -o {picture}"


def test_every_picture_of_the_readme_has_its_command() -> None:
    shown = re.findall(r"!\[[^]]*\]\(([^)]*)\)", README.read_text())
    assert shown
    assert {*shown} <= {picture for _, _, picture in DRAWN}


def test_the_readme_links_every_page() -> None:
    linked = {name for name, _ in LINK.findall(README.read_text())}
    assert {f"docs/{path.name}" for path in (ROOT / "docs").glob("*.md")} <= linked


def test_the_pages_name_every_command() -> None:
    page = (ROOT / "docs/running.md").read_text()
    commands = page.partition("| command | purpose |")[2].partition("\n\n")[0]
    named = set(re.findall(r"\b\w+\b", commands))
    assert {command.name for command in app.registered_commands} <= named


def steps_of_the_number() -> list[tuple[bool, Path, str]]:
    """The rows of design.md about how one number travels: whether in bold, file, functions."""
    page = (ROOT / "docs/design.md").read_text()
    tables = re.findall(r"^### How one number travels.*?(?=^##)", page + "\n##", re.M | re.S)
    rows = re.findall(r"^\| (\*\*)?`([^`]+)`(?:\*\*)? \| (`[^|]+`) \|", "".join(tables), re.M)
    folders = (ROOT, ROOT / "scripts/workspan")
    found = [(bold, next(f / n for f in folders if (f / n).exists()), w) for bold, n, w in rows]
    return [(bool(bold), file, words) for bold, file, words in found]


@pytest.mark.parametrize(
    ("file", "words"), [step[1:] for step in steps_of_the_number()], ids=lambda one: Path(one).name
)
def test_the_way_of_a_number_names_functions_that_are_there(file: Path, words: str) -> None:
    for name in re.findall(r"[\w.]+", words):
        for part in name.split("."):
            assert re.search(rf"\b{part}\b", file.read_text())


def test_the_way_of_a_number_leads_through_few_files_that_change_it() -> None:
    steps = steps_of_the_number()
    folders = {file.relative_to(ROOT).parts[0] for _, file, _ in steps}
    assert folders == {"cpu", "harness", "scripts"}
    assert len(steps) > 25
    assert sum(bold for bold, _, _ in steps) == 18


def test_the_pages_name_every_kind_of_figure() -> None:
    page = (ROOT / "docs/analysing.md").read_text()
    rows = page.partition("| kind | shows |")[2].partition("\n\n")[0]
    assert re.findall(r"^\| `(\w+)`", rows, re.M) == [kind for kind in HELP if kind != ALL]


def test_the_pages_have_their_generated_blocks() -> None:
    found = {
        path.relative_to(ROOT).as_posix(): [block[2] for block in BLOCK.finditer(path.read_text())]
        for path in PAGES
    }
    assert {name for name, sources in found.items() if sources} == set(GENERATED)
    for name, sources in GENERATED.items():
        pairs = list(zip(found[name], sources, strict=True))
        assert all(one.startswith(source) for one, source in pairs), name


def numbers_that_are_not_above(page: str) -> list[str]:
    """Ratios, times, rates and shares quoted by the paragraph below a block that lacks them.

    A share after "than", as in "wider than 2 %", is a border, and none of the block's.
    """
    missing = []
    for block in BLOCK.finditer(page):
        text = page[block.end() :].lstrip("\n").partition("\n\n")[0]
        shown = set(re.findall(r"\d+(?:\.\d+)?", block[5]))
        missing += [
            number for number in QUOTED.findall(" ".join(text.split())) if number not in shown
        ]
    return missing


@of_pages
def test_prose_below_a_generated_block_quotes_only_its_numbers(path: Path) -> None:
    assert numbers_that_are_not_above(path.read_text()) == []


def test_a_stale_number_below_a_block_is_found() -> None:
    block = "<!-- output: x -->\n1.96 4.28 ms 92%\n<!-- /output -->\n\n"
    fresh = "1.96 times in 4.28 ms, 92 %; wider than\n2 %; of 16 cores.\n\n57 % and 3.5 of others"
    assert numbers_that_are_not_above(block + fresh) == []
    stale = "1.94 times, 57 %, 2x in 11 ms at 80 GB/s."
    assert numbers_that_are_not_above(block + stale) == ["1.94", "57", "2", "11", "80"]


@pytest.mark.parametrize("name", GENERATED)
def test_a_generated_block_is_what_is_made_today(name: str) -> None:
    bench = os.environ.get("BENCH")
    page = (ROOT / name).read_text()
    new = refreshed(page, Outputs(ROOT, Path(bench) if bench else None))
    assert new == page, "run scripts/docs --bench build/release/bench"
