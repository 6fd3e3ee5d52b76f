# SPDX-License-Identifier: Apache-2.0
"""Numbers and names as the figures write them."""

import msgspec
import pytest
from pictured import GPU_ONLY, H100, XEON, run
from sample_results import changed

from workspan.plot.words import (
    LONGEST,
    about,
    clean,
    extremes,
    factor,
    factor_tick,
    failures,
    machine,
    number_tick,
    percent,
    size,
)
from workspan.resultfile.model import Status


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (1.5e-5, "1.5e-05x"),
        (0.0234, "0.023x"),
        (0.05, "0.05x"),
        (0.994, "0.99x"),
        (0.996, "1.0x"),
        (1.0, "1.0x"),
        (9.94, "9.9x"),
        (9.96, "10x"),
        (573.6, "574x"),
        (1.23e6, "1.2e+06x"),
    ],
)
def test_factors_have_two_digits(value: float, text: str) -> None:
    assert factor(value) == text


def test_ticks_are_round() -> None:
    assert [factor_tick(v) for v in (0.1, 1.0, 1.05, 10.0)] == ["0.1x", "1x", "1.05x", "10x"]
    ticks = [number_tick(v) for v in (0.001, 0.01, 1, 5000, 1e4, 2e4)]
    assert ticks == ["10⁻³", "0.01", "1", "5000", "10⁴", "2·10⁴"]


def test_shares_and_sizes() -> None:
    assert [percent(v) for v in (0.004, 0.03, 0.85, 1.02)] == ["0.4 %", "3 %", "85 %", "102 %"]
    assert [size(n) for n in (512, 1000, 1024, 2**28)] == ["512", "1000", "2¹⁰", "2²⁸"]


def test_extremes_name_whose_they_are() -> None:
    assert extremes({"a": 2.0, "b": 14.0, "c": 3.0}) == "2.0x (a) to 14x (b)"
    assert extremes({"a": 2.0}) == "2.0x (a)"


def test_an_end_that_others_share_is_nobodys() -> None:
    gains = {"linrec": 1.02, "stencil3d": 2.01, "montecarlo": 1.99, "histogram": 1.98}
    assert extremes(gains) == "1.0x (linrec) to 2.0x"
    assert extremes({"a": 2.01, "b": 1.99}) == "2.0x"


def test_names_of_files_become_harmless() -> None:
    assert clean("a\x1b[31m\nb") == "a<U+001B>[31m<U+000A>b"
    assert clean("CPU 七") == "CPU ?"
    assert len(clean("x" * 1000)) == LONGEST
    assert clean("x" * LONGEST) == "x" * LONGEST


def test_the_line_below_the_title_says_what_was_measured_where() -> None:
    assert about(run(XEON)) == (
        "2 CPUs of Intel(R) Xeon(R) Processor; preset quick, 3 processes a workload;"
        " every result verified"
    )
    assert about(run(H100)) == (
        "NVIDIA H100 80GB HBM3 and 16 CPUs of Intel(R) Xeon(R) Processor;"
        " preset quick, 1 process, intervals within it; every result verified"
    )
    assert "preset full" in about(run(GPU_ONLY))


def test_a_run_with_failed_cases_says_so_in_place_of_verified() -> None:
    file = run(XEON)
    wrong = {"fft": Status.FAILED, "gemm": Status.CRASHED, "scan": Status.TIMEOUT}
    cases = [
        msgspec.structs.replace(case, status=wrong.get(case.workload, case.status))
        for case in file.workspan.cases
    ]
    failed = sum(case.workload in wrong for case in cases)
    named = list(dict.fromkeys(case.workload for case in cases if case.workload in wrong))
    said = about(changed(file, cases=cases))
    assert said.endswith(f"a workload; {failed} cases failed: {', '.join(named)}")
    assert failures(file) == ""
    assert failures(changed(file, cases=[c for c in cases if c.status is Status.TIMEOUT][:1])) == (
        "1 case failed: scan"
    )


def test_a_gpu_that_was_not_used_is_not_named_and_an_interruption_is() -> None:
    file = run(H100)
    host = [c for c in file.workspan.cases if c.scope == "host"]
    assert "NVIDIA" not in machine(changed(file, cases=host))
    cut = changed(file, run=msgspec.structs.replace(file.workspan.run, complete=False))
    assert about(cut).endswith("every result verified; interrupted")
