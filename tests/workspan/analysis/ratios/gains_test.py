# SPDX-License-Identifier: Apache-2.0
"""What the machine gains, by the ceiling beside a case or by rows, looked up once."""

import math

import pytest
from block_files import ONE, SEQ, TEAM, ChangingMachine
from judging import computing, moving
from sample_results import result

from workspan.analysis.ratios.gains import first_of, gain_of, indexes
from workspan.resultfile.model import ResultFile


def indexes_of_file(file: ResultFile):  # type: ignore[no-untyped-def]
    ours = file.workspan
    return indexes(ours.cases, ours.beside, {}), {c.name: c for c in ours.cases}


def test_the_ceilings_beside_a_group_are_one_object_for_all_its_cases() -> None:
    run, cases = indexes_of_file(ChangingMachine(1).run(3))
    found = gain_of(cases[TEAM], run)
    assert found
    assert (found.one.name, found.team.name) == ("read/omp/n:9/threads:1", "read/omp/n:9/threads:2")
    assert gain_of(cases[TEAM], run) is found
    assert found.ratio is found.ratio is not None
    assert gain_of(cases[ONE], run) is gain_of(cases[SEQ], run) is None  # on one thread


def test_without_ceilings_beside_rows_serve_and_without_rows_nothing() -> None:
    rows = [
        moving("read/omp/n:8/threads:1", 10),
        moving("read/omp/n:8/threads:2", 17),
        moving("reduce/omp/n:8/threads:2", 16),
    ]
    run, cases = indexes_of_file(result(rows))
    found = gain_of(cases["reduce/omp/n:8/threads:2"], run)
    assert found
    assert (found.one.name, found.team.name) == (rows[0]["name"], rows[1]["name"])
    assert gain_of(cases["reduce/omp/n:8/threads:2"], run) is found
    run, cases = indexes_of_file(result(rows[1:]))
    assert gain_of(cases["reduce/omp/n:8/threads:2"], run) is None


@pytest.mark.parametrize(
    ("keys", "level", "is_known"),
    [
        ("", "l1", False),
        ("", "l2", False),
        ("/passes:16", "l2", True),
        ("", "shared", True),
        ("", "memory", True),
    ],
)
def test_a_ceilings_own_row_of_one_pass_in_a_cores_caches_tells_no_gain(
    keys: str, level: str, is_known: bool
) -> None:
    names = [f"read/omp/n:8{keys}/threads:{p}" for p in (1, 2)]
    run, cases = indexes_of_file(result([moving(name, 10, level=level) for name in names]))
    assert bool(gain_of(cases[names[1]], run)) is is_known


def test_arithmetic_takes_long_enough_in_a_cores_caches() -> None:
    names = [f"fma/omp/n:8/threads:{p}" for p in (1, 2)]
    run, cases = indexes_of_file(result([computing(name, 10, level="l1") for name in names]))
    assert gain_of(cases[names[1]], run)


def test_a_row_is_one_ceiling_for_all_cases_that_it_serves_by_unit() -> None:
    run, cases = indexes_of_file(result([moving("read/omp/n:8/threads:1", 10)]))
    (row,) = cases.values()
    found = run.row(row, "bytes")
    assert found and found is run.row(row, "bytes") is not run.row(row, "items")
    assert (found.name, found.work, found.row) == (row.name, 1e9, row)
    assert found.logs == [pytest.approx(math.log(0.1))]
    assert run.row(None, "bytes") is None


def test_the_first_of_a_variant_on_some_threads_or_on_any() -> None:
    names = ("copy/seq/n:8/threads:1", "copy/omp/n:8/threads:1", "copy/omp/n:8/threads:2")
    cases = result([moving(name, 1) for name in names]).workspan.cases
    assert first_of(cases, "omp") is cases[1]
    assert first_of(cases, "omp", 2) is cases[2]
    assert first_of(cases, "tbb") is first_of(cases, "seq", 2) is None


def test_a_speedup_over_seq_is_found_once() -> None:
    names = ("reduce/seq/n:8/threads:1", "reduce/omp/n:8/threads:2")
    run, cases = indexes_of_file(result([moving(name, k) for k, name in enumerate(names, 1)]))
    found = run.vs_seq(cases[names[1]])
    assert found and found.value == 2
    assert run.vs_seq(cases[names[1]]) is found
    alone, other = indexes_of_file(result([moving(names[1], 1)]))
    assert alone.vs_seq(other[names[1]]) is None
