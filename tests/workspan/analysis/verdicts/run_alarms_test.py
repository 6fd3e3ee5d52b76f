# SPDX-License-Identifier: Apache-2.0
"""Alarms about a run: what has no number, was cut off or disturbed, or leaves processes out."""

from collections.abc import Sequence
from typing import Any

import msgspec
import pytest
from block_files import SEQ, TEAM, in_blocks, merged, process
from sample_results import changed, record, result, without_times

from workspan.analysis.verdicts import run_alarms
from workspan.analysis.verdicts.alarms import alarms
from workspan.resultfile.model import ResultFile

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
    assert [hit.case for hit in run_alarms.failed_cases(result(models))] == [bad["name"]]


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
