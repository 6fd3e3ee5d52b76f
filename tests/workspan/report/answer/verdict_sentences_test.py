# SPDX-License-Identifier: Apache-2.0
"""The sentences of an expert on the committed runs; `?` marks what has no interval."""

from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from block_files import ChangingMachine
from expert_cases import fma, gemm, read, verdicts_of
from judging import computing, moving
from paths import ROOT
from sample_results import result

from workspan.analysis.verdicts.finding import Finding
from workspan.analysis.verdicts.verdicts import verdicts
from workspan.report.answer.verdict_sentences import heading, sentences
from workspan.resultfile.read import read_result
from workspan.stats.ratios import Estimate

H100 = ROOT / "results" / "h100-80gb-16-cores" / "quick-1-process.json"
EPYC = ROOT / "results" / "epyc-vm-2-cores" / "quick.json"
EPYC_AVX512 = ROOT / "results" / "epyc-avx512-vm-2-cores" / "quick.json"
XEON = ROOT / "results" / "xeon-emerald-rapids-vm-2-cores" / "quick.json"


@cache
def paragraphs(path: Any) -> dict[str, str]:
    """By heading."""
    return {heading(v): " ".join(sentences(v)) for v in verdicts(read_result(path))}


@pytest.mark.parametrize(
    ("problem", "said"),
    [
        (
            "fma, n = 2^18",
            [
                "omp gains 8.60x [8.37, 10.2]* over seq on 16 CPUs.",
                "By its contract fma has no serial part and leaves memory alone, so this is the"
                " machine: it behaves like 8 cores. Over omp on one thread fma gains 8.50x",
            ],
        ),
        (
            "gemm, n = 2^11",
            [
                "omp gains 13.7x? over seq on 16 CPUs, at 102 %? of fma: nothing is left on this"
                " device.",
                "That is more than the machine gives (fma gains 8.50x, code 1.61?^), because one"
                " thread alone reaches 62 %? of fma: a better single-threaded gemm would lower this"
                " number.",
                "GPU with its data resident: 27.2x? omp (16), only 75 % of the speed of cublas",
                "With transfers 2.30x?: break-even between 256 and 2^11?;",
            ],
        ),
        (
            "stencil2d, n = 2^12",
            [
                "omp gains only 1.36x?; the code to use is omp_tiled, 6.98x? as fast, which gains"
                " 9.49x? over seq",
                "That is about all that memory gives (copy gains 8.56x, code 1.11?^).",
                "GPU with its data resident: 5.17x? omp_tiled (16)",
                "With transfers 0.22x?: never up to 2^12?;",
            ],
        ),
        (
            "reduce, n = 2^28",
            [
                "at 104 % of read: nothing is left on this device.",
                "99 % of the speed of cub, 100 % of read: nothing is left on this device.",
                "With transfers 0.07x?: never up to 2^28?; they are over 99 % of the time, the bus"
                " gives 8.22 GB/s and the host's code takes 119.",
            ],
        ),
        (
            "histogram, n = 2^28, zipf",
            [
                "omp gains 10.9x? over seq on 16 CPUs, at 51 %? of read.",
                "That is more than memory gives (read gains 6.98x, code 1.57?^), since one thread"
                " reaches only 33 %? of read: the core bounds it rather than memory, and 10.9x? is"
                " more than 16 CPUs give (8.34 times the arithmetic of one). Further threads may"
                " hide its waits or add caches; neither was measured.",
            ],
        ),
        (
            "fft, n = 2^20",
            [
                "omp gains 10.1x [9.10, 12.0]* over seq on 16 CPUs, yet only 19 % of fma (at 6.25"
                " flop per byte memory allows 91 %).",
                "only 64 % of the speed of cufft",
                "never up to 2^20; they are 98 % of the time.",
            ],
        ),
        (
            "nbody, n = 2^14",
            [
                "omp gains 8.11x [7.97, 8.24]* over seq",
                "That is about all that the machine gives (fma gains 8.50x, code 0.95",
                "GPU with its data resident: 39.5x [39.2, 39.9]* omp (16)",
                "With transfers 28.9x [28.1, 29.3]*: at n = 2^14, cannot tell"
                " at 2^10 (it takes 3 processes or more); they are 27 % of the time.",
            ],
        ),
        (
            "cholesky, n = 2^11",
            [
                "omp_tasks gains 7.07x? over seq",
                "omp gains 6.58x?.",
                "94 %? of the speed of cusolver, 4 % of dfma: as little as cusolver, as if the"
                " problem set the bound.",
                "With transfers 0.87x?: never up to 2^11?;",
            ],
        ),
        (
            "copy, n = 2^12",
            [
                "Too small for threads: 16 CPUs are 7.77x slower than one (4.70 us against 605"
                " ns).",
                "The GPU's kernel takes 3.09 us: that is the launch, not bandwidth.",
            ],
        ),
    ],
)
def test_what_an_expert_would_say_of_the_committed_run(problem: str, said: list[str]) -> None:
    for text in said:
        assert text in paragraphs(H100)[problem]


@pytest.mark.parametrize(
    ("path", "problem", "said"),
    [
        (
            EPYC_AVX512,
            "transpose, n = 6144",
            "at 67 % of copy. The code makes the most of what memory gives (copy beside it gains"
            " 1.61x, code 1.04 [0.90, 1.21]).",
        ),
        (
            EPYC_AVX512,
            "histogram, n = 2^26, zipf",
            "at 53 % of read. One thread reaches only 39 % of read: the core bounds it rather than"
            " memory (read beside it gains 1.45x), and 1.96x is about all that 2 CPUs give.",
        ),
        (
            EPYC_AVX512,
            "stencil2d, n = 5120",
            "One thread reaches only 19 % of copy: the core bounds it rather than memory (copy"
            " beside it gains 1.29x), and 1.98x is about all that 2 CPUs give.",
        ),
        (
            EPYC,
            "stencil3d, n = 288",
            "One thread reaches only 8 % of copy: the core seems to bound it rather than memory"
            " (copy beside it gains 1.42x), and its gain is 91 % [78, 107] of what 2 CPUs give.",
        ),
    ],
)
def test_a_code_that_memory_does_not_bind_is_judged_by_its_cpus(
    path: Path, problem: str, said: str
) -> None:
    assert paragraphs(path)[problem].endswith(said)


def test_a_speedup_that_drift_left_alone() -> None:
    assert paragraphs(XEON)["montecarlo, n = 2^24"] == (
        "omp gains 1.97x [1.88, 2.07] over seq on 2 CPUs. The time of seq differed by 41 % between"
        " processes (16.4 ms to 23.1 ms), and that of omp with it: the machine drifted, the speedup"
        " did not."
    )


def test_what_cannot_be_told_says_how_many_processes_would() -> None:
    said = paragraphs(XEON)["nbody, n = 2^10"]
    assert "cannot be told: about 6 processes would tell." in said
    assert "no reasonable number of processes would tell." in paragraphs(XEON)["gemm, n = 256"]
    machine = ChangingMachine(seed=3, noise=0.6, moods=0.05)
    machine.speedup, machine.machine = 1.36, 1.6
    (verdict,) = verdicts(machine.run(1))
    assert "cannot be told: it takes 3 processes or more." in " ".join(sentences(verdict))
    of_a_ceiling = Finding("cannot_tell", {"border": 1.0, "processes": 9})
    assert (
        "Whether threads bring more than they cost cannot be told: about 9 processes"
        in " ".join(sentences(replace(verdict, findings=(of_a_ceiling,))))
    )


@pytest.mark.parametrize(
    ("cases", "text"),
    [
        (gemm(10, 16), "That is 80 %? of what the machine gives (fma gains 2.00x?)."),
        (gemm(10, 11), "The code does not scale (fma gains 2.00x?, code 0.55?^)."),
        (
            [*gemm(10, 15), computing("gemm/openblas/n:64/threads:2", 19)],
            "openblas on 2 threads is 1.27x? as fast.",
        ),
        (
            [computing("gemm/seq/n:64/threads:1", 19)],
            "On one CPU, at 95 %? of fma: nothing is left",
        ),
        (
            [computing("gemm/omp/n:64/threads:2", 38)],
            "On 2 CPUs, at 95 %? of fma: nothing is left",
        ),
        (
            [
                *gemm(10, 20),
                computing("gemm/cuda/n:64/threads:1", 400, scope="kernel"),
                computing("gemm/cublas/n:64/threads:1", 40, scope="kernel"),
            ],
            "20.0x? omp (2), 10.0x? as fast as cublas.",
        ),
        (
            [*gemm(10, 20), computing("gemm/cuda_pinned/n:64/threads:1", 40, scope="e2e")],
            "With transfers from pinned memory 2.00x? omp (2): at n = 64?.",
        ),
    ],
)
def test_sentences_of_made_up_cases(cases: list[dict[str, Any]], text: str) -> None:
    fast = computing("conv2d/cuda/n:64/threads:1", 4000, scope="kernel")
    verdict = verdicts_of([*cases, *fma(), fast])["gemm", 64]
    assert text in " ".join(sentences(verdict))


def test_a_code_behind_its_cpus_may_yet_be_bound_by_more_than_the_least_traffic() -> None:
    rates = (("seq/n:64/threads:1", 6), ("omp/n:64/threads:2", 7.4))
    cases = [moving(f"reduce/{code}", rate) for code, rate in rates]
    said = " ".join(sentences(verdicts_of([*cases, *read(20, 24), *fma()])["reduce", 64]))
    assert said.endswith(
        "That is 62 %? of what 2 CPUs give (read gains 1.20x?, code 1.03?^): one thread reaches"
        " only 30 %? of read, so the core bounds it, or memory does if it moves more than the least"
        " traffic; neither was measured."
    )


def test_what_memory_gives_is_one_number_by_the_name_of_its_ceiling() -> None:
    said = paragraphs(H100)
    assert "omp gains 7.90x" in said["copy, n = 2^24"]
    assert "Over omp on one thread copy gains 8.56x" in said["copy, n = 2^24"]
    assert "memory gives (copy gains 8.56x" in said["stencil2d, n = 2^12"]
    assert "Over omp on one thread read gains 6.98x" in said["read, n = 2^27"]
    assert "memory gives (read gains 6.98x" in said["histogram, n = 2^28, zipf"]


def test_what_a_ceiling_gained_beside_a_case_is_told_apart_from_its_own_rows() -> None:
    said = paragraphs(EPYC)
    assert "(read beside it gains 1.45x, code 0.97 [0.90, 1.05])" in said["reduce, n = 2^26"]
    assert "Over omp on one thread read gains 1.50x [1.45, 1.56]." in said["read, n = 2^25"]


def test_every_number_without_an_interval_is_marked() -> None:
    """A verdict of the H100's file whose estimate has none would else read as if it were sure."""
    for verdict in verdicts(read_result(H100)):
        unsure = [
            n
            for f in verdict.findings
            if f.code in ("gain", "saturated", "share", "resident")
            for n in f.numbers.values()
            if isinstance(n, Estimate) and n.by_value
        ]
        assert " ".join(sentences(verdict)).count("?") >= len(unsure)


def test_the_input_may_make_the_difference_but_that_is_not_said_as_a_fact() -> None:
    cases = [
        moving(f"histogram/{variant}/n:64/input:{key}/threads:{p}", rate)
        for key, two in (("zipf", 11), ("uniform", 18))
        for variant, p, rate in (("seq", 1, 10), ("omp", 2, two))
    ]
    found = {v.keys.get("input"): v for v in verdicts(result([*cases, *read()]))}
    assert (
        "(read gains 2.00x?, code 0.55?^); histogram/omp/n:64/input:uniform/threads:2 has code"
        " 0.90, as if the input made the difference."
    ) in " ".join(sentences(found["zipf"]))
