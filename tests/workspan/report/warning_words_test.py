# SPDX-License-Identifier: Apache-2.0
"""Warnings in words."""

import io

from rich.console import Console
from sample_results import case, result

from workspan.report.run_table import print_result


def printed(*cases: dict) -> str:
    text = io.StringIO()
    print_result(result(list(cases)), Console(file=text))
    return text.getvalue()


def test_a_warning_is_told_in_words_and_one_of_a_later_version_by_its_code() -> None:
    idle = case(
        "copy/omp/n:1024/threads:2",
        [0.5] * 3,
        warnings=[
            {"code": "gpu_clock_unsteady", "detail": "1410 to 1980 MHz"},
            {"code": "of_tomorrow", "detail": "a {} of detail"},
            {"code": "bare", "detail": ""},
        ],
    )
    idle["invocations"][0]["cpu_share"] = 0.5
    name = idle["name"]
    assert [line for line in printed(idle).splitlines() if line.startswith("note: ")] == [
        f"note: GPU clock not steady: 1410 to 1980 MHz (1): {name}",
        f"note: of_tomorrow: a {{}} of detail (1): {name}",
        f"note: bare (1): {name}",
        "note: cores shared or idle: less than 80 % of its threads' time was spent computing; "
        "not used as a",
    ]
