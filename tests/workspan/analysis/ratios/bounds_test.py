# SPDX-License-Identifier: Apache-2.0
"""A bound spares work and changes nothing: of the committed runs no ratio is beyond its bound, and
without bounds the same is found.
"""

from itertools import permutations
from pathlib import Path

import msgspec
import pytest
from judging import moving
from sample_results import COMMITTED, result

from workspan.analysis.ratios.bounds import Bounds
from workspan.analysis.ratios.case_ratios import ceiling_of_row, share, speedup
from workspan.analysis.ratios.judge import ceiling_of, indexes_of, judge
from workspan.analysis.verdicts.alarms import alarms
from workspan.resultfile.model import ResultFile
from workspan.resultfile.read import read_result

BY_PATH = pytest.mark.parametrize("path", COMMITTED, ids=lambda p: f"{p.parent.name}/{p.name}")
SLIGHTLY = 1 - 1e-6  # below the value, a border that it exceeds


def copied(file: ResultFile) -> ResultFile:
    """Another object, of which nothing is remembered."""
    return msgspec.structs.replace(file)


@BY_PATH
def test_no_ratio_is_beyond_its_bound(path: Path) -> None:
    file = read_result(path)
    judged, run = judge(file), indexes_of(file)
    timed = [case for case in file.workspan.cases if case.time]
    compared = 0
    for first in {case.workload: case for case in timed}.values():
        for other, case in permutations(run.cases.same_problem(first), 2):
            if found := speedup(other, case):
                compared += 1
                assert run.bounds.speedup_may_exceed(other, case, found.value * SLIGHTLY)
    for case in timed:
        of, ceiling = judged[case.name].of_ceiling, ceiling_of(case, run)
        if of and ceiling:
            compared += 1
            assert run.bounds.share_may_exceed(case, ceiling, of.value * SLIGHTLY)
    assert compared > 0


@BY_PATH
def test_without_bounds_the_same_is_found(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = read_result(path)
    spared, of_run = judge(file), alarms(file)
    warnings = {name: one.warnings for name, one in spared.items()}
    for name in ("speedup_may_exceed", "share_may_exceed"):
        monkeypatch.setattr(Bounds, name, lambda *_: True)
    whole = copied(file)
    eager = judge(whole)
    assert eager is not spared
    assert {name: one.warnings for name, one in eager.items()} == warnings
    assert alarms(whole) == of_run


def test_a_bound_is_the_longest_sample_over_the_shortest() -> None:
    """All samples within 1 % of the time."""
    cases = result([moving("copy/seq/n:8/threads:1", 1), moving("copy/omp/n:8/threads:2", 2)])
    slow, fast = cases.workspan.cases
    bounds, most = Bounds(), 2 * 1.01 / 0.99
    assert bounds.speedup_may_exceed(slow, fast, most * 0.999)
    assert not bounds.speedup_may_exceed(slow, fast, most * 1.001)
    ceiling = ceiling_of_row(slow, "bytes")
    assert bounds.share_may_exceed(fast, ceiling, most * 0.999)
    assert not bounds.share_may_exceed(fast, ceiling, most * 1.001)
    found = share(fast, ceiling)
    assert found
    assert found.value == pytest.approx(2)
