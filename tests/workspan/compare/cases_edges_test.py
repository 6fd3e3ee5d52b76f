# SPDX-License-Identifier: Apache-2.0
"""Which invocations of a file are compared, and times at the limits of floating point."""

import pytest
from comparing import NAMES, file_of

from workspan.compare.cases import compare_files
from workspan.compare.verdict import Thresholds
from workspan.report.comparison.comparison import render


@pytest.mark.parametrize("form", ["table", "markdown", "json", "csv", "junit"])
def test_times_at_the_limits_of_floating_point_are_compared(form: str) -> None:
    wild = [[5e-324], [1e290], [1.0, 2.0], [1e-300, 1e290]] * 3
    files = [
        file_of({NAMES[0]: one, NAMES[1]: other})
        for one, other in ((wild, wild[::-1]), ([[1e290]] * 12, [[5e-324], [6e-324]] * 6))
    ]
    for old, new in (files, files[::-1]):
        report = compare_files(old, new, ("old", "new"))
        assert all(row.effect and 0 < row.effect < 1e300 for row in report.rows)
        assert render(report, form, Thresholds())
