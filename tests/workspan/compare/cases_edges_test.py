# SPDX-License-Identifier: Apache-2.0
"""Which invocations of a file are compared, and times at the limits of floating point."""

import msgspec
import pytest
from comparing import NAMES, file_of, on, result_of

from workspan.compare.series import series_of
from workspan.compare.cases import compare_files
from workspan.compare.verdict import Thresholds
from workspan.report.comparison import render


def test_only_counted_invocations_are_compared() -> None:
    file = result_of(1e-3)
    case = file.workspan.cases[0]
    given = [
        msgspec.structs.replace(i, counted=i.number != 3, disturbed=["steal"] * (i.number < 6))
        for i in case.invocations
    ]
    (found,) = series_of(on(file, "cases", [msgspec.structs.replace(case, invocations=given)]))
    assert found.numbers == (1, 2, 4, 5, 6, 7, 8, 9, 10)
    assert (len(found.samples), len(found.round_trips), found.disturbed) == (9, 9, 4)


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
