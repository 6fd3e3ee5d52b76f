# SPDX-License-Identifier: Apache-2.0
"""A case that is right at a glance breaks no rule; the rules are broken one by one in
consistency_test.py, through the glance.
"""

from pathlib import Path

import pytest
from sample_results import COMMITTED, COMMITTED_1

from workspan.resultfile import consistency
from workspan.resultfile.at_a_glance import is_right
from workspan.resultfile.read import read_result


@pytest.mark.parametrize(
    "path",
    [path for path in COMMITTED if path not in COMMITTED_1],  # whose times are others
    ids=lambda p: f"{p.parent.name}/{p.name}",
)
def test_the_cases_of_a_run_are_right_at_a_glance(path: Path) -> None:
    cases = [c for c in read_result(path).workspan.cases if c.time and not c.counters]
    plain = [c for c in cases if all(i.latencies is None for i in c.invocations)]
    assert plain
    for case in plain:
        assert is_right(case)
        assert not [*consistency._case(case)]
