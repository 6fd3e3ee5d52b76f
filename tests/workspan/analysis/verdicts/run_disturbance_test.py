# SPDX-License-Identifier: Apache-2.0
"""Whether a run is of its machine alone, and how many CPUs others used."""

from typing import Any

import pytest
from block_files import SEQ, in_blocks
from sample_results import changed, record, result

from workspan.analysis.verdicts.run_disturbance import Disturbance, disturbance
from workspan.resultfile.machine_model import State
from workspan.resultfile.model import ResultFile


def run(*disturbed: bool, clean: int = 10, **fields: Any) -> ResultFile:
    """A process for each, of 10 samples; the busy time of its 2 CPUs grows by fields."""
    blocks = range(1, 11)
    cases = [in_blocks(SEQ, dict.fromkeys(blocks, 1.0), disturbed=blocks[clean:])]
    records = [
        record(number=k, disturbed=["others"] if loud else [], **fields)
        for k, loud in enumerate(disturbed, 1)
    ]
    return changed(result(cases), invocations=records)


def test_more_than_half_of_the_processes_or_a_fifth_of_the_samples() -> None:
    assert disturbance(run(True, False)) is None
    found = disturbance(run(True, True, False))
    assert found == Disturbance(2, 3, None, 2, 1.0) and found.is_mostly
    assert disturbance(run(False, clean=8)) is None
    found = disturbance(run(False, clean=7))
    assert found == Disturbance(0, 1, None, 2, 0.7) and not found.is_mostly


def test_what_others_used_is_of_the_cpus_of_the_process() -> None:
    """Busy for 3 s, of which 0.6 s were its own, in 2 s."""
    states = (State(at=t, busy_by_cpu={"0": b, "1": b}) for t, b in ((0.0, 1.0), (2.0, 2.5)))
    before, after = states
    times = {"seconds": 2.0, "user_seconds": 0.5, "system_seconds": 0.1}
    found = disturbance(run(True, before=before, after=after, **times))
    assert found and found.others == pytest.approx(1.2)
