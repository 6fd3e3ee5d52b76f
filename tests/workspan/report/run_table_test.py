# SPDX-License-Identifier: Apache-2.0
"""The table after a run: each workload with the rate that bounds it."""

import io

from rich.console import Console
from sample_results import case, planned, result

from workspan.report.run_columns import COLUMN_LEGENDS
from workspan.report.run_table import print_result

SHOWN = ("time", "+- ")  # by every table


def printed(*cases: dict) -> str:
    text = io.StringIO()
    print_result(result(list(cases)), Console(file=text))
    return text.getvalue()


def test_rates_are_flops_bytes_or_where_no_bytes_need_to_move_items() -> None:
    cost = {"flops": 4e9, "bytes": 2e9, "items": 3e9}
    text = printed(
        case("gemm/seq/n:512/threads:1", [0.5] * 3, cost=cost),
        case("copy/seq/n:512/threads:1", [0.5] * 3, cost=cost),
        case("free/seq/n:512/threads:1", [0.5] * 3, cost=cost, ceiling="", rate_unit="items"),
    )
    paragraphs = {
        lines[0]: lines for part in text.split("\n\n") if (lines := part.strip().splitlines())
    }
    for workload, unit, rate in (
        ("gemm", "GFLOP/s", "8.00"),
        ("copy", "GB/s", "4.00"),
        ("free", "Gitem/s", "6.00"),
    ):
        title, row = paragraphs[workload][2], paragraphs[workload][3]
        assert unit in title.split()
        assert rate in row.split()


def test_a_problem_has_one_heading_with_its_working_set_if_there_is_one() -> None:
    for held, heading in ((4000.0, "n = 2^10 (4.00 kB)"), (32.0, "n = 2^10")):
        text = printed(
            case(
                "copy/seq/n:1024/threads:1",
                [0.5] * 3,
                footprint={"host_shared": 0.0, "host_case": held, "device_case": 0.0},
            ),
            case(
                "copy/omp/n:1024/threads:2",
                [0.5] * 3,
                footprint={"host_shared": 0.0, "host_case": 8000.0, "device_case": 0.0},
            ),
        )
        assert [line for line in text.splitlines() if line.startswith("n = ")] == [heading]


def test_the_legend_names_the_ceilings_of_the_file() -> None:
    cases = [case(f"{name}/seq/n:1024/threads:1", [0.5] * 3) for name in ("copy", "gemm", "fma")]
    assert "bounds the workload (copy, fma). vs seq" in " ".join(printed(*cases).split())


def test_the_legend_explains_only_columns_of_the_table() -> None:
    text = " ".join(printed(case("gemm/omp/n:1024/threads:2", [0.5] * 3)).split())
    assert "time: geometric mean over processes" in text
    assert "+-: half the width" in text
    assert not [title for title in COLUMN_LEGENDS if f" {title}: " in text and title not in SHOWN]


def test_a_plan_names_what_it_would_measure() -> None:
    text = printed(planned("copy/seq/n:1024/threads:1"))
    assert "planned: not measured yet (1): copy/seq/n:1024/threads:1\n" in text
    assert "Skipped: 0. Failed: 0. Planned: 1.\n" in text


def test_a_library_is_named_with_its_version_and_its_kernels() -> None:
    blas, fftw = (
        {"name": name, "version": "1.2", "core": core}
        for name, core in (("OpenBLAS", "Haswell"), ("FFTW", ""))
    )
    names = ("gemm/openblas/n:8/threads:1", "cholesky/openblas/n:8/threads:1")
    text = printed(
        case("gemm/seq/n:8/threads:1", [0.5]),
        *(case(name, [0.5], library=blas) for name in names),
        case("fft/fftw/n:8/threads:1", [0.5], library=fftw),
    )
    assert f"library: OpenBLAS 1.2 (Haswell) (2): {' '.join(names)}\n" in text
    assert "library: FFTW 1.2 (1): fft/fftw/n:8/threads:1\n" in text
    assert text.count("library:") == 2
