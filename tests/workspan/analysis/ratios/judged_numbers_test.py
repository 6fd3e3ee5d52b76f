# SPDX-License-Identifier: Apache-2.0
"""The numbers of committed files stay what they are, whatever makes judging faster.

tests/data/judged.json holds, for each file and ratio, how many there are and the sum of their
logarithms, then the same of those with an interval: its lower and its upper ends. Its numbers
change with what a ratio means, never with how it is computed.
"""

import hashlib
import json
import math
from pathlib import Path

import pytest
from paths import ROOT
from sample_results import COMMITTED

from workspan.analysis.ratios.judge import judge
from workspan.resultfile.read import read_result

KNOWN = json.loads((ROOT / "tests/data/judged.json").read_bytes())
CLOSE = 1e-12  # of each number


def known(path: Path) -> dict[str, list[float]] | None:
    """What is known of a file; None of one that was committed or changed since."""
    found = KNOWN.get(f"{path.parent.name}/{path.name}", {"sha256": ""})
    is_same = found["sha256"] == hashlib.sha256(path.read_bytes()).hexdigest()
    return (
        {name: numbers for name, numbers in found.items() if name != "sha256"} if is_same else None
    )


SAME = [path for path in COMMITTED if known(path)]


def test_there_are_files_to_judge() -> None:
    assert SAME


@pytest.mark.parametrize("path", SAME, ids=lambda p: f"{p.parent.name}/{p.name}")
def test_the_numbers_of_a_file_stay_what_they_are(path: Path) -> None:
    judged = judge(read_result(path)).values()
    for name, numbers in (known(path) or {}).items():
        found = [one for each in judged if (one := getattr(each, name))]
        ends = [one.interval for one in found if one.interval]
        sums = [math.fsum(math.log(one.value) for one in found)]
        sums += [math.fsum(math.log(pair[k]) for pair in ends) for k in (0, 1)]
        count, values, with_interval, low, high = numbers
        assert (len(found), len(ends)) == (count, with_interval), name
        assert sums == pytest.approx([values, low, high], abs=CLOSE * len(found)), name
