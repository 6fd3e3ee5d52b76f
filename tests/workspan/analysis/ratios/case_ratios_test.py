# SPDX-License-Identifier: Apache-2.0
"""Machine, code and share on a made-up machine with moods, and from rows of old files."""

import math
from typing import Any

import msgspec
import pytest
from block_files import CUDA, ONE, SEQ, TEAM, ChangingMachine, ceiling, in_blocks, merged, process
from judging import judgements_of, moving, value
from sample_results import counted_times

from workspan.analysis.ratios.case_ratios import BesideIndex, processes_of
from workspan.analysis.ratios.judge import Judgement, judge, judge_cases
from workspan.resultfile.model import Journal, ResultFile
from workspan.stats.ratios import Estimate

ALL = dict.fromkeys(range(1, 9), 1.0)


def only_process(file: ResultFile, number: int) -> Judgement:
    """The judgement on the team's case as if the run had one process."""
    cases = [
        msgspec.structs.replace(c, invocations=[i for i in c.invocations if i.number == number])
        for c in file.workspan.cases
    ]
    beside = [b for b in file.workspan.beside if b.samples.number == number]
    return judge_cases(cases, beside)[TEAM]


def test_a_machine_with_moods_changes_the_speedup_but_not_the_code() -> None:
    found = judge(ChangingMachine(1).run(5))[TEAM]
    assert found.vs_seq and found.vs_seq.interval and found.code and found.code.interval
    assert found.code.value == pytest.approx(1.5 / 1.6)
    assert found.code.relative_half_width == pytest.approx(0, abs=1e-9)
    assert found.vs_seq.relative_half_width and found.vs_seq.relative_half_width > 0.1
    assert value(found.of_ceiling) == pytest.approx(0.5 / 1.6 * 1.5)
    assert found.ceiling == "read/omp/n:9/threads:2"


@pytest.mark.parametrize("processes", [1, 2, 5])
def test_machine_times_code_is_the_speedup_in_every_process(processes: int) -> None:
    file = ChangingMachine(processes, noise=0.05).run(processes)
    of_run = judge(file)[TEAM]
    for one in [of_run, *(only_process(file, k) for k in range(1, processes + 1))]:
        assert one.machine and one.code and one.vs_seq
        assert one.machine.value * one.code.value == pytest.approx(one.vs_seq.value, rel=1e-12)
    assert of_run.code and of_run.code.within_one_process == (processes == 1)
    assert (of_run.code.interval is None) == (processes == 2)


def test_the_work_of_a_ceiling_may_differ_between_numbers_of_threads() -> None:
    """In cache every thread has its own share, so twice the threads do twice the work."""
    walls = {SEQ: ALL, TEAM: dict.fromkeys(ALL, 0.5)}
    cost = {"flops": 0.0, "bytes": 2 * 16384.0, "items": 1.0}
    beside = [
        ceiling("read/omp/n:4/threads:1", dict.fromkeys(ALL, 0.25), SEQ),
        ceiling("read/omp/n:8/threads:2", dict.fromkeys(ALL, 0.25), SEQ, cost=cost),
    ]
    found = judge(merged([process(1, [in_blocks(n, w) for n, w in walls.items()], beside)]))[TEAM]
    assert (value(found.machine), value(found.code)) == (pytest.approx(2), pytest.approx(1))
    assert value(found.of_ceiling) == pytest.approx(0.25)


def test_a_pair_counts_when_both_samples_are_clean() -> None:
    slow = ALL | {3: 100.0}
    cases = [in_blocks(SEQ, ALL), in_blocks(TEAM, slow, disturbed=(3,))]
    found = judge(merged([process(1, cases, [])]))[TEAM]
    assert found.vs_seq and found.vs_seq.interval == (1, 1)
    clean_but_slow = [in_blocks(SEQ, ALL, disturbed=(3,)), in_blocks(TEAM, slow)]
    found = judge(merged([process(1, clean_but_slow, [])]))[TEAM]
    assert found.vs_seq and found.vs_seq.interval == (1, 1)


def test_device_cases_have_their_share_of_the_ceiling_beside() -> None:
    found = judge(ChangingMachine(2).run(3))[CUDA]
    assert (value(found.of_ceiling), found.machine, found.code) == (pytest.approx(0.9), None, None)
    assert found.ceiling == "read/cuda/n:9/threads:1"
    assert found.of_ceiling and not found.of_ceiling.from_rows


def test_a_case_on_one_thread_has_a_share_but_no_machine() -> None:
    found = judge(ChangingMachine(2).run(3))[SEQ]
    assert (value(found.of_ceiling), found.machine, found.code) == (pytest.approx(0.5), None, None)


def test_a_ceiling_beside_is_of_the_group_threads_and_workload() -> None:
    file = ChangingMachine(1).run(1)
    index, cases = BesideIndex(file.workspan.beside), {c.name: c for c in file.workspan.cases}
    assert index.find(cases[TEAM], 4) is None
    found = index.find(cases[TEAM], 2)
    assert found and found.name == "read/omp/n:9/threads:2" and found.row is None
    for changed in ({"n": 9}, {"keys": {"input": "zipf"}}, {"ceiling": "copy"}, {"scope": "e2e"}):
        assert index.find(msgspec.structs.replace(cases[TEAM], **changed), 2) is None


def test_of_several_attempts_the_counted_one_makes_the_pairs() -> None:
    loud = process(1, [in_blocks(SEQ, ALL)], [], attempt=2, disturbed=["steal"])
    file = merged([process(1, [in_blocks(SEQ, ALL)], []), loud])
    (case,) = file.workspan.cases
    assert [*processes_of(case)] == [(i.number, i.attempt) for i in counted_times(case)] == [(1, 1)]


def test_a_ceiling_of_an_attempt_that_does_not_count_is_left_out() -> None:
    def attempt(number: int, ceiling_team: float, **changed: Any) -> Journal:
        cases = [in_blocks(SEQ, ALL), in_blocks(TEAM, dict.fromkeys(ALL, 0.5))]
        beside = [
            ceiling(f"read/omp/n:9/threads:{p}", dict.fromkeys(ALL, t), SEQ)
            for p, t in ((1, 0.4), (2, ceiling_team))
        ]
        return process(number, cases, beside, **changed)

    loud = attempt(1, 0.4, disturbed=["steal"])
    file = merged([loud, attempt(1, 0.25, attempt=2), attempt(2, 0.25), attempt(3, 0.25)])
    found = judge(file)[TEAM]
    assert found.machine and found.code and found.vs_seq
    assert found.machine.processes == found.code.processes == found.vs_seq.processes == 3
    assert found.machine.value == pytest.approx(1.6)


def test_a_ceiling_in_bytes_of_another_level_is_not_one() -> None:
    def of_ceiling(level: str, unit: str = "bytes") -> Estimate | None:
        cost = {"flops": 1.0, "bytes": 16384.0, "items": 1.0}
        cases = [in_blocks(SEQ, ALL, level="l2", rate_unit=unit, cost=cost)]
        beside = [ceiling("read/omp/n:9/threads:1", ALL, SEQ, level=level, rate_unit=unit)]
        beside[0]["cost"] = cost
        return judge(merged([process(1, cases, beside)]))[SEQ].of_ceiling

    assert of_ceiling("memory") is None
    assert value(of_ceiling("l2")) == 1
    assert value(of_ceiling("none", "flops")) == 1


def test_cases_of_two_levels_in_one_group_do_not_share_a_ceiling() -> None:
    cases = [in_blocks(SEQ, ALL, level="l2"), in_blocks(ONE, ALL, level="memory")]
    beside = [ceiling("read/omp/n:9/threads:1", ALL, SEQ, level="memory")]
    found = judge(merged([process(1, cases, beside)]))
    assert found[SEQ].of_ceiling is None
    assert value(found[ONE].of_ceiling) == 1


def with_rows(**changed: Any) -> list[dict[str, Any]]:
    return [
        moving("read/omp/n:8/threads:1", 10, **changed),
        moving("read/omp/n:8/threads:2", 16),
        moving("reduce/seq/n:8/threads:1", 8),
        moving("reduce/omp/n:8/threads:2", 12),
    ]


def test_without_ceilings_beside_the_rows_serve_and_are_marked() -> None:
    found = judgements_of(with_rows())["reduce/omp/n:8/threads:2"]
    assert (value(found.machine), value(found.code)) == (
        pytest.approx(1.6),
        pytest.approx(1.5 / 1.6),
    )
    marked = [found.machine, found.code, found.of_ceiling]
    assert all(one and one.from_rows for one in marked)
    assert found.vs_seq and not found.vs_seq.from_rows


def test_a_ceiling_in_the_same_blocks_comes_before_rows() -> None:
    beside = [
        ceiling(f"read/omp/n:9/threads:{p}", dict.fromkeys(ALL, t), SEQ)
        for p, t in ((1, 0.5), (2, 0.2))
    ]
    cases = [in_blocks(SEQ, ALL), in_blocks(TEAM, dict.fromkeys(ALL, 0.5))]
    rows = process(1, [in_blocks("read/omp/n:8/threads:2", ALL)], [])
    found = judge(merged([process(1, cases, beside), rows]))[TEAM]
    assert (value(found.of_ceiling), value(found.machine)) == (
        pytest.approx(0.4),
        pytest.approx(2.5),
    )
    assert found.machine and not found.machine.from_rows


def test_a_ceiling_has_its_own_rows() -> None:
    cases = [
        moving("read/seq/n:8/threads:1", 8),
        moving("read/omp/n:8/threads:1", 10),
        moving("read/omp/n:8/threads:2", 16),
    ]
    team = judgements_of(cases)["read/omp/n:8/threads:2"]
    assert (value(team.machine), value(team.code)) == (pytest.approx(1.6), pytest.approx(1.25))
    assert team.machine and team.vs_1_thread
    assert msgspec.structs.replace(team.machine) == team.vs_1_thread
    assert team.of_ceiling and team.of_ceiling.exact


def test_without_a_ceiling_there_is_a_speedup_only() -> None:
    cases = [
        moving("montecarlo/seq/n:8/threads:1", 8, ceiling=""),
        moving("montecarlo/omp/n:8/threads:2", 16, ceiling=""),
    ]
    team = judgements_of(cases)["montecarlo/omp/n:8/threads:2"]
    assert value(team.vs_seq) == pytest.approx(2)
    assert (team.machine, team.code, team.of_ceiling) == (None, None, None)


def test_weak_baselines_are_named_when_the_whole_interval_says_so() -> None:
    def codes(times: dict[int, float]) -> list[tuple[str, str]]:
        cases = [in_blocks(SEQ, ALL), in_blocks(ONE, times)]
        found = judge(merged([process(k, cases, []) for k in (1, 2, 3)]))
        assert not found[ONE].warnings
        return [(w.code, w.detail) for w in found[SEQ].warnings]

    assert codes(dict.fromkeys(ALL, 0.9)) == [("weak_baseline", ONE)]
    assert codes(dict.fromkeys(ALL, 0.96)) == []
    assert codes(dict.fromkeys((1, 2), 0.9)) == [("weak_baseline", ONE)]


def test_without_an_interval_a_baseline_is_weak_by_more() -> None:
    def codes(*times: float) -> list[str]:
        cases = [in_blocks(SEQ, ALL), in_blocks(ONE, dict(enumerate(times, 1)))]
        found = judge(merged([process(1, cases, [])]))
        assert found[ONE].vs_seq and found[ONE].vs_seq.by_value
        return [w.code for w in found[SEQ].warnings]

    assert codes(0.88, 0.9) == ["weak_baseline"]
    assert codes(0.91, 0.93) == []


def test_the_estimates_of_moods_are_those_of_logarithms() -> None:
    file = ChangingMachine(3).run(4)
    cases = {c.name: c for c in file.workspan.cases}
    logs = [
        sum(sorted(math.log(s / t) for s, t in zip(a.wall, b.wall, strict=True))[5:7]) / 2
        for a, b in zip(cases[SEQ].invocations, cases[TEAM].invocations, strict=True)
    ]
    assert value(judge(file)[TEAM].vs_seq) == pytest.approx(math.exp(sum(logs) / 4), rel=1e-12)
