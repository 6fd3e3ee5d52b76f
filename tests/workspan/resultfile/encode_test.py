# SPDX-License-Identifier: Apache-2.0
"""The rows for Google Benchmark's tools, and the bytes of a result file."""

import json
from typing import Any

import pytest
from sample_results import case, result, tree, without_times

from workspan.resultfile.encode import counted_invocations, encode_result, row_fields, rows_of
from workspan.resultfile.model import ResultFile
from workspan.resultfile.read import decode_result

COPY = "copy/omp/n:8/threads:2"


def repeated(*walls: list[float]) -> dict[str, Any]:
    """A case with an invocation for each list, numbered downwards; the second does not count."""
    one = case(COPY, walls[0])
    template = one["invocations"][0]
    one["invocations"] = [
        template | {"wall": wall, "cpu": [2 * t for t in wall], "number": 9 - k, "counted": k != 1}
        for k, wall in enumerate(walls)
    ]
    return one | {"time": 2e-6, "interval": "none"}


def file_with(one: dict[str, Any]) -> ResultFile:
    """Without rows, which are made from the cases."""
    return decode_result(json.dumps(tree([one]) | {"benchmarks": []}).encode(), "FILE")


def test_counted_invocations_are_in_the_order_of_their_numbers() -> None:
    file = file_with(repeated([3e-6], [9e-6], [1e-6]))
    (found,) = file.workspan.cases
    assert [i.number for i in counted_invocations(found)] == [7, 9]


def test_a_row_is_the_median_of_a_counted_invocation() -> None:
    file = file_with(repeated([3e-6, 2e-6, 4e-6], [9e-6], [1e-6, 1e-6]))
    rows = rows_of(file.workspan.cases)
    assert [(r.repetition_index, r.repetitions, r.time_unit) for r in rows] == [
        (0, 2, "ns"),
        (1, 2, "ns"),
    ]
    assert [r.real_time for r in rows] == pytest.approx([1e3, 3e3])
    assert [r.cpu_time for r in rows] == pytest.approx([2e3, 6e3])
    assert {(r.run_name, r.threads, r.iterations) for r in rows} == {(COPY, 2, 7)}


def test_a_case_without_times_has_no_row() -> None:
    cases = [without_times("copy/cuda/n:8/threads:1"), case("copy/seq/n:8/threads:1", [1.0])]
    assert [row.family_index for row in rows_of(result(cases).workspan.cases)] == [0]


def test_a_row_has_rates_and_counters() -> None:
    cost = {"flops": 4.0, "bytes": 8.0, "items": 2.0}
    file = result([case(COPY, [2.0], cost=cost, counters={"p99": 0.5})])
    (row,) = rows_of(file.workspan.cases)
    fields = row_fields(row, file.workspan.cases[0])
    assert fields["real_time"] == pytest.approx(2e9)
    assert [fields[name] for name in ("flops", "bytes_per_second", "items_per_second")] == (
        pytest.approx([2.0, 4.0, 1.0])
    )
    assert fields["p99"] == 0.5
    assert "aggregate_name" not in fields


def test_times_beyond_nanoseconds_are_in_seconds() -> None:
    (row,) = rows_of(file_with(case(COPY, [1e295])).workspan.cases)
    assert (row.time_unit, row.real_time) == ("s", 1e295)


def test_what_is_encoded_is_read_again_and_has_the_same_bytes() -> None:
    data = encode_result(result())
    assert b"null" not in data
    assert data.endswith(b"}\n")
    assert encode_result(decode_result(data, "FILE")) == data
