# SPDX-License-Identifier: Apache-2.0
"""What the same code gains at larger sizes, and makes of the machine with other keys."""

import pytest
from judging import moving
from sample_results import result

from workspan.analysis.ratios.ceilings import problem_of
from workspan.analysis.ratios.judge import judge
from workspan.analysis.verdicts.other_problems import OtherProblems
from workspan.resultfile.model import Case

GAINS = {4: 1.5, 8: 3.0, 16: 2.0}  # of the team, by size


def problems_of(names: dict[str, float]) -> tuple[OtherProblems, list[list[Case]]]:
    """Of cases with these rates."""
    file = result([moving(name, rate, ceiling="copy") for name, rate in names.items()])
    groups: dict[object, list[Case]] = {}
    for case in file.workspan.cases:
        groups.setdefault(problem_of(case), []).append(case)
    return OtherProblems(groups.values(), judge(file)), [*groups.values()]


def test_a_problem_knows_the_best_gain_at_a_larger_size() -> None:
    names = {}
    for n, gain in GAINS.items():
        names |= {f"scan/seq/n:{n}/threads:1": 1, f"scan/omp/n:{n}/threads:2": gain}
    others, problems = problems_of(names | {"sort/seq/n:4/threads:1": 1})
    found = {(c[0].workload, c[0].n): others.largest_gain(c[0]) for c in problems}
    assert found == {
        ("scan", 4): pytest.approx(3),
        ("scan", 8): pytest.approx(2),
        ("scan", 16): 0,
        ("sort", 4): 0,
    }


def test_a_gain_is_that_of_the_suites_code_on_several_threads() -> None:
    others, problems = problems_of(
        {
            "scan/seq/n:4/threads:1": 1,
            "scan/seq/n:8/threads:1": 1,
            "scan/omp/n:8/threads:1": 5,
            "scan/cuda/n:8/threads:1": 9,
        }
    )
    assert others.largest_gain(problems[0][0]) == 0


def test_a_problem_knows_the_codes_of_its_size_with_other_keys() -> None:
    names = {}
    for n, key, gain in ((8, "even", 1.5), (8, "zipf", 0.9), (16, "zipf", 1.2)):
        problem = f"n:{n}/input:{key}"
        names |= {
            f"histogram/seq/{problem}/threads:1": 1,
            f"histogram/omp/{problem}/threads:2": gain,
        }
    machine = {
        "copy/seq/n:8/threads:1": 2,
        "copy/omp/n:8/threads:1": 2,
        "copy/omp/n:8/threads:2": 3,
    }
    others, problems = problems_of(names | machine)
    found = others.codes_of_other_keys(problems[0][0])
    assert found == {"histogram/omp/n:8/input:zipf/threads:2": pytest.approx(0.9 / 1.5)}
