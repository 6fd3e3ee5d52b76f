# SPDX-License-Identifier: Apache-2.0
"""Alarms about a run: what has no number, was cut off or disturbed, or leaves processes out."""

from collections.abc import Sequence
from typing import Any

import msgspec
import pytest
from block_files import SEQ, TEAM, in_blocks, merged, process
from expert_cases import fma, gemm
from judging import computing
from paths import ROOT
from sample_results import changed, record, result, without_team, without_times

from workspan.analysis.verdicts import run_alarms
from workspan.analysis.verdicts.alarms import alarms
from workspan.resultfile.model import ResultFile
from workspan.resultfile.read import read_result

BLOCKS = range(1, 9)


def codes(file: ResultFile) -> set[str]:
    return {alarm.code for alarm in alarms(file)}


def run_of(processes: int, disturbed: Sequence[int] = (), loud: Sequence[int] = ()) -> ResultFile:
    """disturbed: blocks of each process; loud: disturbed processes."""
    walls = dict.fromkeys(BLOCKS, 1.0)
    cases = [in_blocks(SEQ, walls, disturbed=disturbed)]
    return merged(
        [
            process(k, cases, [], disturbed=["load"] if k in loud else [])
            for k in range(1, processes + 1)
        ]
    )


@pytest.mark.parametrize("status", ["failed", "timeout", "crashed"])
def test_cases_that_ended_badly(status: str) -> None:
    bad = without_times("reduce/omp/n:8/threads:2", status, "SIGSEGV")
    file = result([in_blocks(SEQ, dict.fromkeys(BLOCKS, 1.0)), bad])
    (hit,) = run_alarms.failed(file)
    assert (hit.case, hit.numbers) == (bad["name"], {"status": status, "reason": "SIGSEGV"})
    assert alarms(file)[0].code == "failed"
    models = [case | {"subject": "concurrency"} for case in (bad,)]
    assert not [*run_alarms.failed(result(models))]


def test_a_run_that_was_cut_off() -> None:
    file = run_of(1)
    assert "incomplete" not in codes(file)
    run = msgspec.structs.replace(file.workspan.run, complete=False)
    assert "incomplete" in codes(changed(file, run=run))


def test_most_processes_were_disturbed() -> None:
    assert "disturbed" not in codes(run_of(4, loud=(1, 2)))
    (hit,) = run_alarms.disturbed(run_of(4, loud=(1, 2, 3)))
    assert hit.numbers == {"disturbed": 3, "processes": 4, "clean": 1.0}


def test_a_fifth_of_the_samples_was_disturbed() -> None:
    assert "disturbed" not in codes(run_of(2, disturbed=[1]))
    (hit,) = run_alarms.disturbed(run_of(2, disturbed=[1, 2]))
    assert hit.numbers == {"disturbed": 0, "processes": 2, "clean": 6 / 8}


def test_times_that_leave_processes_out() -> None:
    walls = dict.fromkeys(BLOCKS, 1.0)
    seq, slow = in_blocks(SEQ, walls), without_times(TEAM, reason="too slow")

    def alarms_of(*second: dict[str, Any]) -> list[run_alarms.Hit]:
        first = process(1, [seq, in_blocks(TEAM, walls)], [])
        return [*run_alarms.partial(merged([first, process(2, [seq, *second], [])]))]

    (hit,) = alarms_of(slow)
    assert (hit.case, hit.numbers) == (TEAM, {"counted": 1, "of": 2})
    assert alarms_of(in_blocks(TEAM, walls)) == []


def test_without_records_nothing_is_known_of_processes() -> None:
    assert not [*run_alarms.disturbed(result([in_blocks(SEQ, dict.fromkeys(BLOCKS, 1.0))]))]
    assert record().disturbed == []


def exceeding(*gigaflops: float, **changes: Any) -> list[str]:
    """The workloads that the alarm names; fma gives 40 on 2 CPUs."""
    names = ("conv2d", "fft", "kmeans")
    codes = [
        computing(f"{name}/omp/n:64/threads:2", rate, ceiling="fma", **changes)
        for name, rate in zip(names, gigaflops, strict=False)
    ]
    hits = [*run_alarms.low_ceiling(result([*fma(), *gemm(10, 19), *codes]))]
    assert all(hit.numbers["ceiling"] == "fma" for hit in hits)
    return [hit.case.split("/")[0] for hit in hits]


def test_several_codes_above_one_ceiling_tell_that_it_is_low() -> None:
    assert exceeding(42.4, 40.8) == ["conv2d", "fft"]
    assert exceeding(42.4, 40.8, 39.0) == ["conv2d", "fft"], "the others are left out"
    assert exceeding(43.9) == [], "one code alone may be at fault"
    assert exceeding(41.6, 41.6) == [], "by little"


def test_a_ceiling_is_exceeded_without_doubt() -> None:
    walls = [dict.fromkeys(BLOCKS, t) for t in (1.0, 0.94)]

    def run(*shares: float) -> ResultFile:
        journals = []
        for number, share in enumerate(shares, 1):
            names = ("fft/omp/n:8/threads:2", "conv2d/omp/n:8/threads:2")
            above = {k: t / share for k, t in walls[1].items()}
            facts: dict[str, Any] = {"ceiling": "read", "level": "memory"}
            cases = [in_blocks(name, above, **facts) for name in names]
            row = in_blocks("read/omp/n:8/threads:2", walls[0], level="memory")
            journals.append(process(number, [row, *cases], []))
        return merged(journals)

    assert len([*run_alarms.low_ceiling(run(1.0, 1.0, 1.0))]) == 2
    assert not [*run_alarms.low_ceiling(run(0.8, 1.0, 1.2))]


def test_a_gpu_beside_a_host_that_never_had_its_cpus() -> None:
    h100 = read_result(ROOT / "results/h100-80gb-16-cores/quick-1-process.json")
    assert "few_threads" not in codes(h100)
    (hit,) = run_alarms.few_threads(without_team(h100, "fft"))
    assert hit.case == "fft/omp/n:1048576/threads:1"
    assert hit.numbers == {"threads": 1, "cpus": 16}
    (alarm,) = (a for a in alarms(without_team(h100)) if a.code == "few_threads")
    assert len(alarm.cases) == 20
    assert "few_threads" not in codes(result([*gemm(10, 19)])), "there is no GPU"
