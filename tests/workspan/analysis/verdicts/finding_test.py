# SPDX-License-Identifier: Apache-2.0
"""A problem looks up its judgements and its break-even by its own workload, keys and transfers;
what would tell the side of a border.
"""

from judging import computing
from sample_results import result

from workspan.analysis.laws.break_even import break_evens
from workspan.analysis.ratios.judge import judge
from workspan.analysis.verdicts.finding import Device, MachineGains, Problem, would_tell
from workspan.analysis.verdicts.other_problems import OtherProblems
from workspan.stats.needed import processes_needed
from workspan.stats.ratios import Estimate


def test_a_problem_finds_its_own() -> None:
    file = result(
        [
            computing("gemm/seq/n:64/threads:1", 10),
            computing("gemm/cuda/n:64/threads:1", 100, scope="kernel"),
            computing("fma/seq/n:64/threads:1", 10),
            computing("fma/cuda/n:64/threads:1", 5, scope="kernel"),
        ]
    )
    judged = judge(file)
    answers = {(b.workload, (), b.transfers): b for b in break_evens(file)}
    cases = tuple(c for c in file.workspan.cases if c.workload == "gemm")
    gains = MachineGains(2, {}, None)
    others = OtherProblems([[*cases]], judged)
    problem = Problem(cases, judged, gains, Device(0.0, answers), {}, others)
    assert problem.of(cases[1]).best_host == "gemm/seq/n:64/threads:1"
    resident = problem.break_even("resident")
    assert resident
    assert (resident.workload, resident.kind) == ("gemm", "always")
    assert problem.break_even("pageable") is None


def test_what_would_tell_is_a_number_of_processes() -> None:
    unsure = Estimate(1.1, (0.9, 1.3), 5)
    assert would_tell(unsure, 1.0) == {"processes": processes_needed(unsure, 1.0)}
    assert would_tell(Estimate(1.0001, (0.5, 2.0), 3), 1.0) == {}
    assert would_tell(Estimate(1.1, None, 2), 1.0) == {"fewest": 3}
    assert would_tell(Estimate(1.1, (0.9, 1.3), 1, True), 1.0) == {"fewest": 3}
