# SPDX-License-Identifier: Apache-2.0
"""Samples and ceilings beside, as they stand in a file."""

import json
from typing import Any

import msgspec
import pytest
from block_files import SEQ, ceiling, decoded, file_with, in_blocks, samples
from refusals import refused
from sample_results import case

from workspan.resultfile.encode import encode_result
from workspan.resultfile.read import decode_result
from workspan.resultfile.samples import CaseInvocation

WALL = {1: 2.0, 2: 3.0, 5: 4.0}
READ = "read/omp/n:9/threads:2"


def file() -> dict[str, Any]:
    return file_with([in_blocks(SEQ, WALL)], [ceiling(READ, WALL, SEQ)])


def test_a_file_with_blocks_is_read_as_it_is_written() -> None:
    read = decoded(file())
    (of_case,) = read.workspan.cases[0].invocations
    assert (of_case.block, of_case.runs) == ((1, 2, 5), (7, 7, 7))
    (beside,) = read.workspan.beside
    assert (beside.workload, beside.threads, beside.group.workload) == ("read", 2, "reduce")
    assert decode_result(encode_result(read), "again") == read


def test_what_a_file_does_not_have_is_empty() -> None:
    old = msgspec.convert(case(SEQ, [1.0])["invocations"][0], CaseInvocation)
    assert (old.runs, old.block, old.at, old.waited, old.clean) == ((), (), (), (), ())
    assert old.latencies is None


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("block", [0, 1, 2], ".block[0]"),
        ("block", [1, 1, 2], ".block: is not ascending"),
        ("block", [2, 1, 3], ".block: is not ascending"),
        ("block", [1, 2], ".block: has 2 samples, wall has 3"),
        ("runs", [1, 0, 1], ".runs[1]"),
        ("runs", [1], ".runs: has 1 sample, wall has 3"),
        ("at", [-1.0, 0.0, 1.0], ".at[0]"),
        ("waited", [0.0] * 4, ".waited: has 4 samples, wall has 3"),
        ("waited", [-1.0, 0.0, 0.0], ".waited[0]"),
        ("clean", [True] * 4, ".clean: has 4 samples, wall has 3"),
        ("clean", [1, True, True], ".clean[0]"),
    ],
)
def test_a_broken_list_is_told_with_its_place(field: str, value: Any, said: str) -> None:
    wrong = file()
    wrong["workspan"]["cases"][0]["invocations"][0][field] = value
    assert f"$.workspan.cases[0].invocations[0]{said}" in refused(json.dumps(wrong).encode())
    wrong = file()
    wrong["workspan"]["beside"][0]["samples"] = samples(WALL, 2) | {field: value}
    assert f"$.workspan.beside[0].samples{said}" in refused(json.dumps(wrong).encode())


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("group", {"workload": "reduce", "n": 9, "keys": {}}, ".group: is not that of a case"),
        ("scope", "e2e", ".scope"),
        ("rate_unit", "items", ".rate_unit"),
        ("threads", 0, ".threads"),
        ("more", 1, "unknown field `more`"),
    ],
)
def test_a_broken_ceiling_is_told_with_its_place(field: str, value: Any, said: str) -> None:
    wrong = file()
    wrong["workspan"]["beside"][0][field] = value
    assert said in refused(json.dumps(wrong).encode())


def test_a_ceiling_has_one_entry_a_process() -> None:
    wrong = file()
    wrong["workspan"]["beside"] *= 2
    assert "$.workspan.beside[1]: has the ceiling, group and process of [0]" in refused(
        json.dumps(wrong).encode()
    )
    wrong["workspan"]["beside"][1] = ceiling("read/omp/n:9/threads:1", WALL, SEQ)
    assert len(decoded(wrong).workspan.beside) == 2


def test_the_time_is_that_of_the_samples_that_count() -> None:
    wall = {k: float(k) for k in range(1, 10)}
    right = in_blocks(SEQ, wall, disturbed=(7, 8, 9))
    assert right["time"] == 3.5
    wrong = right | {"time": 5.0}
    assert "time: is not 3.5, that of its processes" in refused(
        json.dumps(file_with([wrong], [])).encode()
    )
    assert decoded(file_with([right], [])).workspan.cases[0].time == 3.5


def with_latencies(value: Any) -> bytes:
    tree = file()
    tree["workspan"]["cases"][0]["invocations"][0]["latencies"] = value
    return json.dumps(tree).encode()


def test_latencies_are_read_as_they_are_written() -> None:
    read = decode_result(with_latencies({"ns": [1, 7, 2**40], "tasks": [3, 2**63 - 1, 1]}), "x")
    found = read.workspan.cases[0].invocations[0].latencies
    assert found and (found.ns, found.tasks) == ([1, 7, 2**40], [3, 2**63 - 1, 1])
    written = encode_result(read)
    assert decode_result(written, "again") == read
    assert written.count(b'"latencies"') == 1


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ({"ns": [1, 2], "tasks": [1]}, ".tasks: has 1 count, ns has 2"),
        ({"ns": [1], "tasks": [1, 2]}, ".tasks: has 2 counts, ns has 1"),
        ({"ns": [2, 1], "tasks": [1, 1]}, ".ns: is not ascending"),
        ({"ns": [1, 1], "tasks": [1, 1]}, ".ns: is not ascending"),
        ({"ns": [], "tasks": []}, ".ns: "),
        ({"ns": [0], "tasks": [1]}, ".ns[0]: "),
        ({"ns": [2**40 + 1], "tasks": [1]}, ".ns[0]: "),
        ({"ns": [1], "tasks": [0]}, ".tasks[0]: "),
        ({"ns": [1], "tasks": [-1]}, ".tasks[0]: "),
        ({"ns": [1], "tasks": [2**63]}, ".tasks[0]: "),
        ({"ns": [1.5], "tasks": [1]}, ".ns[0]: "),
        ({"ns": [1]}, ": "),
        ({"ns": [1], "tasks": [1], "us": []}, ": "),
        ({"ns": [*range(1, 4354)], "tasks": [1] * 4353}, ".ns: "),
        ([1, 2], ": "),
    ],
)
def test_broken_latencies_are_refused_in_a_line(value: Any, said: str) -> None:
    line = refused(with_latencies(value))
    assert f"$.workspan.cases[0].invocations[0].latencies{said}" in line
    assert "\n" not in line
