# SPDX-License-Identifier: Apache-2.0
"""Made-up runs for the goals: a kernel and its ceiling in blocks, of several processes."""

from collections.abc import Sequence

import msgspec
import numpy as np
from block_files import ONE, SEQ, TEAM, ceiling, in_blocks, process
from sample_results import changed

from workspan.analysis.merge import RunRequest, merge_run
from workspan.resultfile.model import ResultFile

READ = "read/omp/n:8/threads:"
BLOCKS = range(1, 13)


def reduce_run(
    speedup: float = 1.8,
    machine: Sequence[float] = (2.0, 1.9, 2.0, 2.1, 1.95),
    *,
    share: float = 0.9,
    disturbed: Sequence[int] = (),
    time: float = 1e-3,
    noise: float = 0.001,
) -> ResultFile:
    """speedup: where the machine gives 2; machine: of each process; disturbed: blocks of the team.

    share: of the ceiling on one thread. Disturbed samples take three times as long.
    """
    journals = []
    for number, gain in enumerate(machine, 1):
        rng = np.random.default_rng(number)

        def wall(seconds: float, rng: np.random.Generator = rng) -> dict[int, float]:
            return {k: seconds * float(np.exp(rng.normal(0, noise))) for k in BLOCKS}

        team = wall(time / (speedup * gain / 2))
        team = {k: t * (3 if k in disturbed else 1) for k, t in team.items()}
        cases = [
            in_blocks(SEQ, wall(time)),
            in_blocks(ONE, wall(time)),
            in_blocks(TEAM, team, disturbed=disturbed),
        ]
        beside = [
            ceiling(f"{READ}1", wall(share * time), TEAM),
            ceiling(f"{READ}2", wall(share * time / gain), TEAM),
        ]
        journals.append(process(number, cases, beside))
    assert journals[0].result
    request = RunRequest(["run"], "quick", len(journals))
    return merge_run(journals, journals[0].result, request, complete=True)


def with_round_trips(file: ResultFile, trips: Sequence[float]) -> ResultFile:
    """The same with these round trips, one a process."""
    for case in file.workspan.cases:
        case.invocations[:] = [
            msgspec.structs.replace(i, round_trips=(trip,) * (case.threads > 1))
            for i, trip in zip(case.invocations, trips, strict=True)
        ]
    return changed(file)
