# SPDX-License-Identifier: Apache-2.0
"""workspan compare --reference: missing cases, judgements and differences."""

import io

import msgspec
from comparing import on
from references import GPU, HOST, LONG, changed_case, failed_case, gpu_result, reference_verdicts
from rich.console import Console

from workspan.compare.against_reference import compare_with_references
from workspan.compare.reference_band import Bands
from workspan.compare.reference_choice import NamedFile
from workspan.report.comparison.comparison_sheet import comparison_sheet
from workspan.report.comparison.comparison_terminal import print_table


def test_cases_missing_on_one_side_are_counted_separately() -> None:
    yours = gpu_result({HOST: 1e-3, "gemm/omp/n:8/threads:2": 1e-3})
    yours = on(
        yours,
        "cases",
        [*yours.workspan.cases, failed_case(GPU), failed_case("fft/cuda/n:8/threads:1", "skipped")],
    )
    found = reference_verdicts(yours, gpu_result({HOST: 1.01e-3, GPU: 1e-3, LONG: 1e-3}))
    assert {name: row[0] for name, row in found.items()} == {
        HOST: "NORMAL",
        "gemm/omp/n:8/threads:2": "ONLY_NEW",
        GPU: "BROKEN",
        LONG: "ONLY_OLD",
    }
    assert found[LONG][1] == "not in yours"
    assert found["gemm/omp/n:8/threads:2"][1] == "not in the reference"
    assert found[GPU][1] == "ok in the reference, not in yours"


def test_judgements_on_your_case_are_reported_beside_a_difference() -> None:
    read = "read/seq/n:8/threads:1"
    yours = gpu_result({HOST: 1e-3, read: 9e-3})
    reference = gpu_result({HOST: 1e-3, read: 1e-3})
    starved = [
        msgspec.structs.replace(i, cpu_share=0.5) for i in yours.workspan.cases[1].invocations
    ]
    report = compare_with_references(
        NamedFile("yours", changed_case(yours, read, invocations=starved)),
        [NamedFile("r", reference)],
        Bands(),
    )
    rows = {row.name: row for row in report.rows}
    assert rows[HOST].warnings == ()
    assert [w.code for w in rows[read].warnings] == ["starved"]


def test_a_difference_is_listed_once_or_with_the_number_of_the_reference() -> None:
    yours = on(gpu_result({HOST: 1e-3, LONG: 1e-3}), "build.compiler", "Clang")
    one, other = gpu_result({HOST: 1.01e-3}), on(gpu_result({LONG: 1.01e-3}), "machine.kernel", "7")
    report = compare_with_references(
        NamedFile("yours", yours), [NamedFile("one", one), NamedFile("other", other)], Bands()
    )
    assert [(d.what, d.old, d.new) for d in report.differences] == [
        ("build.compiler", "x", "Clang"),
        ("machine.kernel (reference 2)", "7", "6"),
    ]
    assert [part.split(",")[0] for part in report.old.split("; ")] == ["1: one", "2: other"]


def test_a_reference_that_no_time_was_compared_with_makes_no_differences() -> None:
    yours = gpu_result({HOST: 1e-3, LONG: 1e-3})
    cases = [yours.workspan.cases[0], failed_case(LONG)]
    near, far = gpu_result({HOST: 1.01e-3}), on(gpu_result({LONG: 1e-3}), "build.compiler", "Clang")
    report = compare_with_references(
        NamedFile("yours", on(yours, "cases", cases)),
        [NamedFile("near", near), NamedFile("far", far)],
        Bands(),
    )
    assert (report.references, report.differences) == (["near", "far"], [])


def test_a_reference_of_another_preset_misses_no_cases() -> None:
    yours, quick = gpu_result({HOST: 1e-3}), gpu_result({HOST: 1.01e-3})
    other = gpu_result({LONG: 1e-3, "fft/seq/n:8/threads:1": 1e-3}, preset="concurrency")
    references = [NamedFile("quick", quick), NamedFile("other", other)]
    report = compare_with_references(NamedFile("yours", yours), references, Bands())
    assert [row.verdict.value for row in report.rows] == ["NORMAL"]
    assert report.notes[-1] == (
        "left out as a reference: other (--preset concurrency), which has none of your cases"
    )


def test_a_narrow_terminal_shows_both_times_and_the_interval() -> None:
    name = "histogram/cuda/n:268435456/input:uniform/threads:1"
    report = compare_with_references(
        NamedFile("yours", gpu_result({name: 2e-3})),
        [NamedFile("r", gpu_result({name: 1e-3}))],
        Bands(),
    )
    out = io.StringIO()
    print_table(
        comparison_sheet(report),
        Console(file=out, force_terminal=True, width=60, color_system=None),
    )
    rows = [" ".join(line.split()) for line in out.getvalue().splitlines() if " 2.00" in line]
    assert rows == ["1.00 ms 2.00 ms 2.00 2.00 .. 2.00"]
    assert "left out" not in out.getvalue()
