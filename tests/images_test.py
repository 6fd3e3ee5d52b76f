# SPDX-License-Identifier: Apache-2.0
"""The pictures of docs/images: each has its command, and the timelines show what they are said to.

BENCH names the binary that takes the traces again; without it, outside ctest, that is left out.
"""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
IMAGES = ROOT / "docs/images"
PAGE = (IMAGES / "README.md").read_text()
OF_RUNS, OF_TRACES = re.findall(r"^```\n(.*?)^```$", PAGE, re.M | re.S)
DRAWN = re.compile(r"^workspan plot (\w+) .*-o (\S+)$", re.M)
ORDERS = re.compile(r"\b(sequential|overlapping|interleaved|parallel|asynchronous)\b", re.I)
TIMELINES = [picture for _, picture in DRAWN.findall(OF_TRACES)]
BY_CHANCE = re.compile(  # what a moment, the load and the number of CPUs change
    r"[\d.]+|CPU \d+|\d+ x .*|ready, but not running|\w+ orders of .*"
)


def texts_of(svg: Path) -> list[str]:
    return re.findall(r"<text[^>]*>([^<]*)", svg.read_text())


def titles_of(svg: Path) -> list[str]:
    return [text for text in texts_of(svg) if re.match(ORDERS.pattern + ":", text, re.I)]


def lasting_of(svg: Path) -> set[str]:
    """Cases, rows and key."""
    texts = {text for text in texts_of(svg) if not BY_CHANCE.fullmatch(text)}
    return {re.sub(r"threads:\d+", "", text) for text in texts - {*titles_of(svg)}}


def test_every_picture_has_its_command() -> None:
    drawn = [picture for _, picture in DRAWN.findall(OF_RUNS + OF_TRACES)]
    assert sorted(drawn) == sorted(path.name for path in IMAGES.glob("*.svg"))
    assert len(TIMELINES) == 5


@pytest.mark.parametrize("picture", TIMELINES)
def test_a_timeline_shows_the_order_that_the_table_says(picture: str) -> None:
    (said,) = re.findall(rf"^\| `{re.escape(picture)}` \| (.*) \|$", PAGE, re.M)
    found = [title.partition(":")[0].lower() for title in titles_of(IMAGES / picture)]
    assert found == [order.lower() for order in ORDERS.findall(said)]


@pytest.mark.skipif("BENCH" not in os.environ, reason="BENCH names the binary")
def test_the_commands_draw_the_same_cases_rows_and_keys_today(tmp_path: Path) -> None:
    bench = Path(os.environ["BENCH"]).resolve()
    script = OF_TRACES.replace("bench=build/release/bench", f"bench={bench}")
    assert script != OF_TRACES
    programs = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    environment = {**os.environ, "PATH": programs, "PYTHONPATH": str(ROOT / "scripts")}
    command = ["bash", "-euc", script]
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr
    for picture in TIMELINES:
        assert lasting_of(tmp_path / picture) == lasting_of(IMAGES / picture)
