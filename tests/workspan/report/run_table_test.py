# SPDX-License-Identifier: Apache-2.0
"""The table after a run: each workload with the rate that bounds it."""

import io

from rich.console import Console
from sample_results import case, result

from workspan.report.run_table import print_result


def printed(*cases: dict) -> str:
    text = io.StringIO()
    print_result(result(list(cases)), Console(file=text))
    return text.getvalue()


def test_rates_are_flops_bytes_or_where_no_bytes_need_to_move_items() -> None:
    cost = {"flops": 4e9, "bytes": 2e9, "items": 3e9}
    text = printed(
        case("gemm/seq/n:512/threads:1", [0.5] * 3, cost=cost),
        case("copy/seq/n:512/threads:1", [0.5] * 3, cost=cost),
        case("free/seq/n:512/threads:1", [0.5] * 3, cost=cost | {"bytes": 0.0}, bound=""),
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


def test_the_legend_names_every_ceiling() -> None:
    assert "(copy, read, triad, fma, dfma)" in " ".join(
        printed(case("copy/seq/n:1024/threads:1", [0.5] * 3)).split()
    )
