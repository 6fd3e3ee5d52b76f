# SPDX-License-Identifier: Apache-2.0
"""Attempts: which of them count, and their ceilings beside."""

from block_files import SEQ, ceiling, decoded, file_with, in_blocks, merged, process

from workspan.analysis.attempts import attempt_of, mark_counted, merge_beside
from workspan.analysis.merge_files import merge_files
from workspan.resultfile.encode import encode_result
from workspan.resultfile.model import Journal, Status
from workspan.resultfile.read import decode_result

WALL = {1: 1.0, 2: 2.0}
READ, COPY = "read/omp/n:9/threads:2", "copy/omp/n:9/threads:2"


def journal(number: int, *names: str, **record: object) -> Journal:
    beside = [ceiling(name, WALL, SEQ) for name in names]
    return process(number, [in_blocks(SEQ, WALL)], beside, **record)


def test_an_attempt_has_the_ceilings_of_its_process() -> None:
    found = attempt_of(journal(2, READ, attempt=3, disturbed=["steal"]))
    assert (found.name, found.death) == ("invocation 2, attempt 3", None)
    assert [b.workload for b in found.beside] == ["read"]
    own = found.own(found.beside[0].samples)
    assert (own.number, own.attempt, own.disturbed) == (2, 3, ("steal",))


def test_a_process_that_left_nothing_has_neither_cases_nor_ceilings() -> None:
    record = journal(1, status=Status.CRASHED, reason="signal").record
    found = attempt_of(Journal(record=record))
    assert (found.death, found.cases, found.beside) == (Status.CRASHED, [], [])


def test_a_process_that_a_signal_told_to_end_was_interrupted() -> None:
    for status, exit_code, expected in (
        (Status.CRASHED, 130, True),
        (Status.CRASHED, 134, False),
        (Status.OK, 0, False),
    ):
        found = attempt_of(journal(1, status=status, reason="x", exit_code=exit_code))
        assert (found.interrupted, found.is_excusable) == (expected, expected)
    timeout = {"status": Status.TIMEOUT, "reason": "x"}
    assert attempt_of(journal(1, disturbed=["load"], **timeout)).is_excusable
    assert not attempt_of(journal(1, **timeout)).is_excusable


def test_ceilings_beside_have_an_entry_for_each_process() -> None:
    file = merged([journal(2, READ, COPY), journal(1, READ)])
    entries = [(b.workload, b.samples.number) for b in file.workspan.beside]
    assert entries == [("read", 1), ("read", 2), ("copy", 2)]
    assert all(b.samples.counted and b.samples.block == (1, 2) for b in file.workspan.beside)
    assert decode_result(encode_result(file), "again") == file


def test_of_several_attempts_the_last_undisturbed_counts_beside_too() -> None:
    loud = journal(1, READ, attempt=2, disturbed=["steal"])
    found = merge_beside([attempt_of(loud), attempt_of(journal(1, READ))])
    assert [(b.samples.attempt, b.samples.counted) for b in found] == [(1, True), (2, False)]
    assert found[1].samples.disturbed == ("steal",)
    counted = mark_counted([b.samples for b in found[1:]])
    assert [i.counted for i in counted] == [True]


def test_files_of_single_processes_bring_their_ceilings() -> None:
    files = []
    for day in (1, 2):
        tree = file_with([in_blocks(SEQ, WALL)], [ceiling(READ, WALL, SEQ)])
        tree["workspan"]["run"]["started"] = f"2026-01-0{day}T00:00:00Z"
        files.append((f"{day}", decoded(tree)))
    beside = merge_files(files).workspan.beside
    assert [(b.workload, b.samples.number) for b in beside] == [("read", 1), ("read", 2)]
