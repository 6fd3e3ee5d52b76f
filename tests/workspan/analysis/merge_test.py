# SPDX-License-Identifier: Apache-2.0
"""Many invocations make one result: what counts, what wins, what is said of it."""

import json
import math
from typing import Any

import block_files
import pytest
from block_files import in_blocks
from sample_results import case, counted_times, journal, planned, result, without_times

from workspan.analysis.merge import RunRequest, merge_run
from workspan.resultfile.encode import encode_result
from workspan.resultfile.model import Case, CaseWarning, Journal, Status
from workspan.resultfile.read import decode_result

SEQ, OMP = "copy/seq/n:8/threads:1", "copy/omp/n:8/threads:2"
REQUEST = RunRequest(["run"], "gate", 3)
PLAN = [
    planned(SEQ),
    planned(OMP),
    without_times("copy/cuda/n:8/threads:1"),
]


def merged(journals: list[Journal], complete: bool = True) -> dict[str, Case]:
    file = merge_run(journals, result(PLAN), REQUEST, complete=complete)
    again = decode_result(encode_result(file), "merged")
    assert again == file
    assert len(file.workspan.invocations) == len(journals)
    return {c.name: c for c in file.workspan.cases}


def seq(time: float, **fields: Any) -> dict[str, Any]:
    return case(SEQ, [time], **fields)


def test_the_time_over_processes_is_the_mean_of_logarithms_and_its_interval_by_t() -> None:
    found = merged(
        [
            journal([case(SEQ, [t, t, 1.1 * t])], "copy", k)
            for k, t in ((2, 2.0), (1, 1.0), (3, 4.0))
        ]
    )[SEQ]
    assert found.time == pytest.approx(2)
    half = 4.302652729911275 * math.log(2) / math.sqrt(3)  # t of 97.5 % and 2 degrees of freedom
    assert found.interval == pytest.approx((2 * math.exp(-half), 2 * math.exp(half)))
    assert [i.number for i in found.invocations] == [1, 2, 3]


def test_two_processes_have_no_interval() -> None:
    found = merged([journal([seq(t)], "copy", k) for k, t in ((1, 1.0), (2, 4.0))])[SEQ]
    assert (found.time, found.interval) == (pytest.approx(2), "none")


def test_disturbed_samples_do_not_count_while_six_clean_ones_are_there() -> None:
    wall = {k: float(k) for k in range(1, 10)}
    (clean,) = block_files.merged(
        [block_files.process(1, [in_blocks(SEQ, wall, disturbed=(7, 8, 9))], [])]
    ).workspan.cases
    assert (clean.time, clean.interval, clean.warnings) == (3.5, (1.0, 6.0), [])


def test_disturbed_samples_that_count_are_counted_over_all_processes() -> None:
    wall = {k: float(k) for k in range(1, 9)}
    said = [CaseWarning(code="disturbed_samples", detail="3 of 8 samples")]
    fact = {"code": "disturbed_samples", "detail": "3 of 8 samples"}
    loud = in_blocks(SEQ, wall, disturbed=(1, 2, 3), warnings=[fact])
    alone = block_files.merged([block_files.process(1, [loud], [])])
    assert alone.workspan.cases[0].warnings == said
    both = [loud, loud, in_blocks(SEQ, wall)]
    three = block_files.merged([block_files.process(k, [c], []) for k, c in enumerate(both, 1)])
    (case_of_three,) = three.workspan.cases
    assert case_of_three.warnings == [
        CaseWarning(code="disturbed_samples", detail="6 of 16 samples")
    ]


def test_a_group_that_memory_splits_keeps_its_blocks() -> None:
    """seq has samples in every part, the others in one; blocks are numbered through all parts."""
    seq_wall = dict.fromkeys(range(1, 7), 2.0)
    cases = [in_blocks(SEQ, seq_wall), in_blocks(OMP, dict.fromkeys((4, 5, 6), 1.0))]
    file = block_files.merged([block_files.process(k, cases, []) for k in (1, 2)])
    found = {c.name: c for c in file.workspan.cases}
    assert [i.block for i in found[SEQ].invocations] == [(1, 2, 3, 4, 5, 6)] * 2
    assert [i.block for i in found[OMP].invocations] == [(4, 5, 6)] * 2


def test_one_invocation_keeps_the_interval_of_the_binary() -> None:
    wall = [1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0]
    assert merged([journal([case(SEQ, wall)])])[SEQ].interval == (1.0, 8.0)
    assert merged([journal([case(SEQ, wall[:5])])])[SEQ].interval == "none"


def test_the_same_invocations_give_the_same_bytes_in_any_order() -> None:
    journals = [journal([seq(float(k)), case(OMP, [k / 2])], "copy", k) for k in (1, 2, 3)]

    def written(order: list[Journal]) -> bytes:
        return encode_result(merge_run(order, result(PLAN), REQUEST, complete=True))

    assert written(journals) == written(journals[::-1])


def test_the_last_undisturbed_attempt_counts() -> None:
    loud: dict[str, Any] = {"disturbed": ["steal 9 %"]}
    found = merged(
        [
            journal([seq(1.0)], "copy", 1, 1),
            journal([seq(2.0)], "copy", 1, 2),
            journal([seq(3.0)], "copy", 1, 3, **loud),
            journal([seq(4.0)], "copy", 2, 1, **loud),
            journal([seq(6.0)], "copy", 2, 2, **loud),
        ]
    )[SEQ]
    assert [(i.number, i.attempt) for i in counted_times(found)] == [(1, 2), (2, 2)]
    assert len(found.invocations) == 5
    assert found.time == pytest.approx(12**0.5)
    assert found.warnings == [CaseWarning(code="disturbed", detail="invocation 2")]
    assert [i.disturbed for i in found.invocations[:3]] == [(), (), ("steal 9 %",)]


def test_one_failure_removes_all_numbers() -> None:
    wrong = without_times(SEQ, "failed", "wrong result: 7")
    wrong["verdict"] = {"ok": False, "why": "7", "error": 2.0}
    found = merged(
        [
            journal([seq(1.0)], "copy", 1),
            journal([wrong], "copy", 2),
            journal([seq(1.0)], "copy", 3),
        ]
    )[SEQ]
    assert (found.status, found.reason, found.time, found.invocations) == (
        Status.FAILED,
        "invocation 2: wrong result: 7",
        None,
        [],
    )
    assert (found.check_result.why, found.cause) == ("7", "wrong_result")


def test_a_crash_of_one_case_leaves_the_others() -> None:
    died: dict[str, Any] = {"status": Status.CRASHED, "reason": "SIGSEGV: bad address", "case": SEQ}
    found = merged(
        [
            journal(None, "copy", 1, 1, **died),
            journal([case(OMP, [1.0])], "copy", 1, 2, excluded=[SEQ]),
        ]
    )
    assert (found[SEQ].status, found[SEQ].reason) == (
        Status.CRASHED,
        "invocation 1: SIGSEGV: bad address",
    )
    assert found[SEQ].cause == "process"
    assert found[OMP].status is Status.OK
    assert found["copy/cuda/n:8/threads:1"].reason == "no CUDA device"


def test_a_death_in_an_unknown_case_is_that_of_all() -> None:
    hung: dict[str, Any] = {"status": Status.TIMEOUT, "reason": "no answer in 9 s"}
    found = merged([journal([seq(1.0)], "copy", 1), journal(None, "copy", 2, **hung)])
    assert {c.status for c in found.values()} == {Status.TIMEOUT}
    assert {c.reason for c in found.values()} == {"invocation 2: no answer in 9 s"}


def test_a_death_in_a_round_of_break_even_is_that_of_its_sizes() -> None:
    """The sizes of the preset keep their times; and the other way round."""
    large = SEQ.replace("n:8", "n:16")
    died: dict[str, Any] = {"status": Status.CRASHED, "reason": "SIGSEGV"}
    ok = [journal([seq(1.0)], "copy", 1), journal([case(large, [2.0])], "copy", 2, sizes=[16])]
    found = merged([*ok, journal(None, "copy", 3, sizes=[16], **died)])
    assert found[SEQ].status is Status.OK
    assert found[large].reason == "invocation 3: SIGSEGV"
    found = merged([*ok, journal(None, "copy", 3, **died)])
    assert found[SEQ].reason == "invocation 3: SIGSEGV"
    assert found[large].status is Status.OK


def test_what_was_given_up_or_not_reached_says_so() -> None:
    died: dict[str, Any] = {"status": Status.CRASHED, "reason": "SIGSEGV", "case": SEQ}
    given_up = merged([journal(None, **died)])[OMP]
    assert (given_up.status, given_up.cause) == (Status.SKIPPED, "process")
    assert given_up.reason == f"not measured: invocation 1 crashed in {SEQ}"
    not_reached = merged([], complete=False)[SEQ]
    assert (not_reached.status, not_reached.cause) == (Status.SKIPPED, "interrupted")
    assert not_reached.reason == "not measured: the run ended before"


def test_a_case_skipped_now_and_then_says_so() -> None:
    slow = without_times(SEQ, reason="too slow") | {"cause": "too_slow"}
    found = merged([journal([seq(1.0)], "copy", 1), journal([slow], "copy", 2)])[SEQ]
    assert found.status is Status.OK
    assert found.warnings == [CaseWarning(code="skipped_once", detail="invocation 2: too slow")]
    only = merged([journal([slow])])[SEQ]
    assert (only.reason, only.cause) == ("too slow", "too_slow")


def test_counters_are_medians_and_the_worst_error_is_kept() -> None:
    cases = [
        seq(1.0, counters={"p99": float(k)}, verdict={"ok": True, "why": "", "error": k / 10})
        for k in (1, 5, 3)
    ]
    found = merged([journal([c], "copy", k) for k, c in enumerate(cases, 1)])[SEQ]
    assert (found.counters, found.check_result.error) == ({"p99": 3.0}, 0.5)


def test_rows_are_one_per_counted_invocation() -> None:
    journals = [journal([seq(k * 1e-6, counters={"p99": 1.0})], "copy", k) for k in (1, 2)]
    file = merge_run(journals, result(PLAN), REQUEST, complete=True)
    rows = json.loads(encode_result(file))["benchmarks"]
    assert [(r["repetition_index"], r["repetitions"], r["real_time"]) for r in rows] == [
        (0, 2, pytest.approx(1e3)),
        (1, 2, pytest.approx(2e3)),
    ]
    assert rows[0]["bytes_per_second"] == pytest.approx(16384e6)
    assert rows[0]["p99"] == 1.0
    assert file.workspan.run.ended == "2026-01-02T03:04:06Z"


@pytest.mark.parametrize(
    ("disturbed", "second", "status"),
    [
        (["steal 9 %"], case(SEQ, [1.0]), Status.OK),
        ([], case(SEQ, [1.0]), Status.TIMEOUT),
        (["steal 9 %"], without_times(SEQ, reason="too slow"), Status.TIMEOUT),
    ],
)
def test_a_disturbed_timeout_is_forgiven_if_a_later_attempt_succeeded(
    disturbed: list[str], second: dict[str, Any], status: Status
) -> None:
    hung: dict[str, Any] = {"status": Status.TIMEOUT, "reason": "no end", "case": SEQ}
    journals = [
        journal(None, "copy", 1, 1, disturbed=disturbed, **hung),
        journal([second], "copy", 1, 2),
    ]
    assert merged(journals)[SEQ].status is status


@pytest.mark.parametrize(("exit_code", "status"), [(130, Status.OK), (134, Status.CRASHED)])
def test_an_interruption_is_no_crash_if_a_later_attempt_succeeded(
    exit_code: int, status: Status
) -> None:
    """The signal was sent to the binary alone, by another program."""
    ended: dict[str, Any] = {"status": Status.CRASHED, "reason": "ended", "case": SEQ}
    journals = [
        journal(None, "copy", 1, 1, exit_code=exit_code, **ended),
        journal([case(SEQ, [1.0])], "copy", 1, 2),
    ]
    assert merged(journals)[SEQ].status is status


def test_latencies_stay_those_of_each_process() -> None:
    of = [{"ns": [1, 5], "tasks": [2, k]} for k in (1, 2)]
    cases = [seq(1.0) for _ in of]
    for one, latencies in zip(cases, of, strict=True):
        one["invocations"][0]["latencies"] = latencies
    found = merged([journal([one], "copy", k + 1) for k, one in enumerate(cases)])[SEQ]
    assert [i.latencies and i.latencies.tasks for i in found.invocations] == [[2, 1], [2, 2]]
