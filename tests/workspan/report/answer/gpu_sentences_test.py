# SPDX-License-Identifier: Apache-2.0
"""Findings on a GPU in sentences: the break-even where intervals tell and where not, launches."""

import pytest

from workspan.analysis.verdicts.finding import Finding, Number
from workspan.report.answer.gpu_sentences import allowed, answer, sentences, share_of_ceiling
from workspan.stats.ratios import Estimate

SIZES: dict[str, Number] = {
    "smallest": 2**10,
    "largest": 2**20,
    "low": 2**12,
    "high": 2**14,
    "by_value": 0,
}
ROOT = Estimate(5000.0, (4200.0, 6000.0), 5)


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("always", "at every size from 2^10"),
        ("never", "never up to 2^20"),
        ("between", "break-even between 2^12 and 2^14, at about 5e+03 [4.2e+03, 6e+03]"),
        ("in_and_out", "in and out, the first crossing between 2^12 and 2^14"),
    ],
)
def test_answers(kind: str, text: str) -> None:
    root: dict[str, Number] = {"root": ROOT} if kind == "between" else {}
    assert answer(SIZES | {"answer": kind} | root) == text


def test_one_size_is_no_range() -> None:
    one = SIZES | {"largest": 2**10}
    assert answer(one | {"answer": "always"}) == "at n = 2^10"
    assert answer(one | {"answer": "never"}) == "not at n = 2^10"


def test_a_size_whose_interval_does_not_tell_is_named_with_what_would() -> None:
    never = SIZES | {"answer": "never", "largest": 2**18, "untold": 2**20, "untold_sizes": 1}
    never |= {"is_exception": 0}
    assert answer(never | {"processes": 7}) == (
        "never up to 2^18, cannot tell at 2^20 (about 7 processes would tell)"
    )
    assert answer(never | {"untold_sizes": 3, "fewest": 3}) == (
        "never up to 2^18, cannot tell at 2^20 and 2 smaller sizes (it takes 3 processes or more)"
    )
    always = SIZES | {"answer": "always", "untold": 2**18, "untold_sizes": 1, "is_exception": 1}
    assert answer(always | {"fewest": 3}) == (
        "at every size from 2^10, but cannot tell at 2^18 (it takes 3 processes or more)"
    )
    unknown = SIZES | {"answer": "unknown", "untold": 2**20, "untold_sizes": 2, "processes": 9}
    assert answer(unknown) == "cannot tell at any size (about 9 processes would tell)"


def test_an_answer_without_intervals_is_marked() -> None:
    numbers = SIZES | {"by_value": 1}
    assert answer(numbers | {"answer": "never"}) == "never up to 2^20?"
    assert answer(numbers | {"answer": "between"}) == "break-even between 2^12 and 2^14?"


@pytest.mark.parametrize(
    ("time", "unit", "text"),
    [
        (3.09e-6, "bytes", "takes 3.09 us: that is the launch, not bandwidth."),
        (
            4.69e-6,
            "bytes",
            "takes 4.69 us, the shortest of the run 3.09 us: that is mostly the launch, not"
            " bandwidth.",
        ),
        (3.09e-6, "flops", "takes 3.09 us: that is the launch, not arithmetic."),
        (3.09e-6, "items", "takes 3.09 us: that is the launch."),
    ],
)
def test_a_launch_is_told_beside_the_shortest_kernel(time: float, unit: str, text: str) -> None:
    launch = Finding("launch", {"time": time, "shortest": 3.09e-6, "unit": unit})
    assert [*sentences([launch])] == [f"The GPU's kernel {text}"]


def test_a_bound_that_was_not_measured_is_not_a_fact() -> None:
    share = Estimate(0.04, (0.03, 0.05), 3)
    resident = Finding("resident", {"ratio": Estimate(3.4, None, 1), "host": "w/omp/n:8/threads:2"})
    numbers: dict[str, Number] = {"share": share, "ceiling": "dfma/cuda/n:8/threads:1"}
    assert share_of_ceiling(numbers) == "4 % of dfma"
    far = Finding("device_far", numbers | {"library": "cusolver"})
    assert [*sentences([resident, far])] == [
        "GPU with its data resident: 3.40x? omp (2), 4 % of dfma: as little as cusolver, as if the"
        " problem set the bound."
    ]


def test_a_kernel_without_host_code_is_told_by_its_share() -> None:
    share = Estimate(0.97, (0.96, 0.98), 3)
    numbers: dict[str, Number] = {"share": share, "ceiling": "copy/cuda/n:8/threads:1"}
    assert [*sentences([Finding("device_saturated", numbers)])] == [
        "GPU with its data resident, 97 % of copy: nothing is left on this device."
    ]
    assert [*sentences([])] == []


@pytest.mark.parametrize(
    ("numbers", "text"),
    [
        ({"host": "fft/omp/n:8/threads:2"}, "resident: 2.00x? omp (2)."),
        (
            {"host": "fft/seq/n:8/threads:1", "threads": 1, "cpus": 16},
            "resident: 2.00x? seq on one thread of 16 CPUs.",
        ),
    ],
)
def test_the_opponent_is_named(numbers: dict[str, Number], text: str) -> None:
    resident = {"ratio": Estimate(2.0, None, 1), **numbers}
    assert [*sentences([Finding("resident", resident)])] == [f"GPU with its data {text}"]
    moved = SIZES | resident | {"answer": "never", "transfers": "pageable"}
    (said,) = sentences([Finding("with_transfers", moved)])
    opponent = text.removeprefix("resident: ").removesuffix(".")
    assert said == f"With transfers {opponent}: never up to 2^20."


def test_what_memory_allows_stands_behind_the_share() -> None:
    share: dict[str, Number] = {"share": 0.4, "ceiling": "fma/cuda/n:8/threads:1"}
    share |= {"allowed": 0.618, "intensity": 12.25, "level": "memory"}
    assert [*sentences([Finding("device_far", share)])] == [
        "GPU with its data resident, 40 % of fma (at 12.2 flop per byte memory allows 62 %)."
    ]
    assert "byte L2 allows" in allowed(share | {"level": "l2"})


def test_a_ceiling_has_its_rate() -> None:
    for is_roof, end in ((0, ""), (1, ", itself a ceiling")):
        rate: dict[str, Number] = {"rate": 3.052e12, "unit": "bytes", "is_roof": is_roof}
        assert [*sentences([Finding("device_rate", rate)])] == [
            f"GPU with its data resident, 3052 GB/s{end}."
        ]
