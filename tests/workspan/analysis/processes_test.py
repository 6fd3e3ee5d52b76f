# SPDX-License-Identifier: Apache-2.0
"""How many of its processes count for a row."""

from typing import Any

from sample_results import case, journal, result, without_times

from workspan.analysis.merge import RunRequest, merge_run
from workspan.analysis.processes import processes_of_rows
from workspan.resultfile.model import Journal, Status

SEQ, PLAIN = "copy/seq/n:8/threads:1", "copy/seq_plain/n:8/threads:1"


def counted(journals: list[Journal]) -> dict[str, tuple[int, int]]:
    assert journals[0].result
    request = RunRequest(["run"], "quick", len(journals))
    file = merge_run(journals, journals[0].result, request, complete=True)
    return {name: tuple(found) for name, found in processes_of_rows(file).items()}


def too_slow(name: str) -> dict[str, Any]:
    return without_times(name, reason="too slow") | {"cause": "too_slow"}


def test_a_process_in_which_a_case_was_too_slow_does_not_count_for_its_row() -> None:
    journals = [
        journal([case(SEQ, [1.0]), case(PLAIN, [2.0])], "copy", 1),
        journal([case(SEQ, [1.0]), too_slow(PLAIN)], "copy", 2),
        journal([case(SEQ, [1.0]), case(PLAIN, [2.0])], "copy", 3),
    ]
    assert counted(journals) == {SEQ: (3, 3), PLAIN: (2, 3)}


def test_a_process_that_died_is_one_that_does_not_count() -> None:
    dead: dict[str, Any] = {"status": Status.CRASHED, "reason": "SIGSEGV", "case": PLAIN}
    journals = [journal([case(SEQ, [1.0]), case(PLAIN, [2.0])]), journal(None, "copy", 2, **dead)]
    assert counted(journals) == {SEQ: (1, 2)}


def test_a_process_of_other_sizes_was_not_to_measure_the_row() -> None:
    larger = "copy/seq/n:16/threads:1"
    journals = [
        journal([case(SEQ, [1.0])], "copy", 1),
        journal([case(larger, [1.0])], "copy", 2, sizes=[16]),
        journal([case(larger, [1.0])], "copy", 3, sizes=[16]),
    ]
    assert counted(journals) == {SEQ: (1, 1), larger: (2, 2)}


def test_a_second_attempt_is_of_the_same_process() -> None:
    loud = journal([case(SEQ, [1.0])], "copy", 1, disturbed=["load"])
    assert counted([loud, journal([case(SEQ, [1.0])], "copy", 1, 2)]) == {SEQ: (1, 1)}


def test_without_records_the_other_cases_of_the_problem_tell() -> None:
    """As of `workspan merge`."""
    samples = {"wall": [1.0], "cpu": [1.0], "iterations": 7, "cpu_share": 1.0}
    both = [samples | {"number": 1}, samples | {"number": 2}]
    cases = [case(SEQ, [1.0], invocations=both), case(PLAIN, [1.0], invocations=both[1:])]
    found = processes_of_rows(result(cases))
    assert (found[SEQ], found[PLAIN]) == ((2, 2), (1, 2))
