# SPDX-License-Identifier: Apache-2.0
"""Laws in sentences, and why there is none."""

from typing import get_args

import pytest
from scaling_runs import cores_of_16_cpus, scaling_run, time_on

from workspan.analysis.laws.scaling import Law, Refusal, Scaling, scalings
from workspan.report.answer.scaling_sentences import REFUSALS, law, sentence, sentences
from workspan.stats.ratios import Estimate


def scaling(refusal: Refusal | None, kink: int | None = None, workload: str = "gemm") -> Scaling:
    return Scaling(workload, 2048, {}, "omp", (), None, refusal, kink)


def test_amdahl_and_no_serial_part() -> None:
    known = Estimate(0.05, (0.04, 0.06), 5)
    assert law(Law("amdahl", known)) == "Amdahl's law over effective cores, serial part 5 % [4, 6]"
    none = Estimate(0.001, (-0.002, 0.004), 5)
    assert law(Law("amdahl", none)).endswith("no serial part seen (below 0.4 %)")


def test_coherency_and_its_peak() -> None:
    text = law(
        Law(
            "usl",
            Estimate(0.02, (0.01, 0.03), 5),
            Estimate(0.002, (0.001, 0.003), 5),
            Estimate(22.1, (20.0, 25.0), 5),
        )
    )
    assert text == (
        "universal scalability law, serial part 2 % [1, 3], coherency 0.002 [0.001, 0.003],"
        " slower again beyond 22.1 [20.0, 25.0] effective cores"
    )


def test_the_law_of_a_run() -> None:
    curve = scalings(scaling_run((1, 2, 4, 8, 16), lambda p: time_on(cores_of_16_cpus(p), 0.05)))
    (text,) = sentences(curve)
    assert text.startswith("reduce omp, n = 8: Amdahl's law over effective cores, serial part ")


def test_every_refusal_has_words() -> None:
    assert set(REFUSALS) == set(get_args(Refusal))


def test_a_serial_part_below_0_is_none_at_all() -> None:
    negative = Law("amdahl", Estimate(-0.002, (-0.003, -0.001), 5))
    assert law(negative).endswith("no serial part seen")


@pytest.mark.parametrize("refusal", ["superlinear", "neither_law"])
def test_a_break_names_its_threads(refusal: Refusal) -> None:
    text = sentence(scaling(refusal, 8))
    assert text.startswith("gemm omp, n = 2^11: ")
    assert "8 threads" in text


def test_curves_that_are_refused_alike_share_a_sentence() -> None:
    found = [scaling("few_counts"), scaling("few_counts", workload="fft"), scaling("few_counts")]
    assert sentences([*found, scaling("neither_law", 4)]) == [
        "gemm omp, n = 2^11: neither law holds, since its time breaks at 4 threads.",
        "No law is fitted to 3 curves: fewer than 4 numbers of threads tell no law; measure more"
        " of them with workspan run --threads 1,2,3,4,all (gemm, fft).",
    ]


def test_on_too_few_cpus_no_threads_are_advised() -> None:
    (text,) = sentences([scaling("few_cpus")])
    assert text.startswith("No law is fitted to 1 curve: fewer than 4 CPUs were usable, too few")
    assert "--threads" not in text
