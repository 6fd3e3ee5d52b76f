# SPDX-License-Identifier: Apache-2.0
"""JSON of what was found: fields by their names, cases by theirs, and intervals found late."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from judging import moving
from sample_results import result

from workspan.report.plain_values import json_of
from workspan.resultfile.model import Case
from workspan.stats.ratios import Estimate, within_one_process
from workspan.support.late import Late


@dataclass(frozen=True)
class Found:
    """What a text speaks of."""

    case: Case
    ratios: Sequence[Estimate]
    words: Mapping[str, str | None]


def test_a_finding_has_its_fields() -> None:
    (case,) = result([moving("copy/seq/n:8/threads:1", 1)]).workspan.cases
    late = Late(lambda value: Estimate(value, (1.0, 3.0), 5), [2.0])
    found = json.loads(json_of(Found(case, late, {"said": None})))
    estimate = {
        "value": 2.0,
        "interval": [1.0, 3.0],
        "processes": 5,
        "within_one_process": False,
        "from_rows": False,
        "exact": False,
    }
    assert found == {"case": case.name, "ratios": [estimate], "words": {"said": None}}


def test_an_interval_of_one_process_is_found_for_it() -> None:
    late = within_one_process([0.001 * k for k in range(50)])
    assert late.interval
    found = json.loads(json_of([late]))[0]
    assert found["interval"] == [*late.interval]
    assert [*found] == [*Estimate.__struct_fields__]
