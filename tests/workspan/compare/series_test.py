# SPDX-License-Identifier: Apache-2.0
"""The times of a case as comparisons take them."""

import msgspec
from comparing import on, result_of

from workspan.compare.series import series_of


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
