# SPDX-License-Identifier: Apache-2.0
"""Alarms: each fires on a made-up case and stays silent on its neighbour; the committed runs."""

from pathlib import Path
from typing import Any

import pytest
from block_files import merged
from expert_cases import fma, gemm, read
from judging import computing, moving
from paths import ROOT
from sample_results import COMMITTED, journal, result
from scaling_runs import cores_of_16_cpus, scaling_run, time_on

from workspan.analysis.ratios.judge import judge
from workspan.analysis.verdicts.alarm import Alarm
from workspan.analysis.verdicts.alarms import DETECTORS, alarms
from workspan.resultfile.model import ResultFile
from workspan.resultfile.read import read_result
from workspan.stats.ratios import Estimate

Cases = list[dict[str, Any]]
COUNTS = (1, 2, 4, 8, 16)


def of(file: ResultFile) -> dict[str, Alarm]:
    return {alarm.code: alarm for alarm in alarms(file)}


def fired(cases: Cases) -> dict[str, Alarm]:
    return of(result(cases))


def of_value(number: object) -> float:
    assert isinstance(number, Estimate)
    return number.value


def codes_on(*cases: dict[str, Any]) -> set[str]:
    return set(fired([*gemm(10, 19), *fma(), *read(), *cases])) - {"one_process"}


def test_nothing_is_wrong_with_a_plain_run() -> None:
    assert codes_on() == set()


@pytest.mark.parametrize(
    ("case", "code"),
    [
        (computing("gemm/omp_tiled/n:64/threads:2", 100), "implausible"),
        (computing("conv2d/omp/n:64/threads:2", 44.1, ceiling="fma"), "above_ceiling"),
        (computing("gemm/openblas/n:64/threads:1", 11.1), "weak_baseline"),
        (computing("gemm/openblas/n:64/threads:2", 21), "weak_parallel"),
        (computing("gemm/omp/n:64/threads:1", 20), "slower_with_all"),
        (computing("gemm/openblas/n:64/threads:2", 23), "library_ahead"),
        (computing("gemm/seq_plain/n:64/threads:1", 5, interval="none"), "few_samples"),
        (computing("gemm/cuda/n:64/threads:1", 5e5, scope="kernel"), "launch"),
    ],
)
def test_each_fires_on_its_case(case: dict[str, Any], code: str) -> None:
    assert code in DETECTORS
    found = fired([*gemm(10, 19), *fma(), *read(), case])[code]
    assert found.of == 9


def test_a_doubt_by_value_keeps_its_lack_of_an_interval() -> None:
    slow = computing("gemm/omp/n:64/threads:1", 20)
    slower = fired([*gemm(10, 19), *fma(), slow])["slower_with_all"].numbers["slower"]
    assert of_value(slower) == pytest.approx(20 / 19)
    assert isinstance(slower, Estimate) and slower.by_value


@pytest.mark.parametrize(
    ("case", "others"),
    [
        (computing("conv2d/omp/n:64/threads:2", 43.9, ceiling="fma"), set()),
        (computing("gemm/openblas/n:64/threads:1", 10.9), set()),
        (computing("gemm/openblas/n:64/threads:2", 20.8), set()),
        (computing("gemm/omp/n:64/threads:1", 18), {"weak_baseline"}),
    ],
)
def test_each_is_silent_on_a_case_a_little_better(case: dict[str, Any], others: set[str]) -> None:
    assert codes_on(case) - {"few_samples"} == others


def test_a_kernel_that_takes_milliseconds_is_not_a_launch_for_being_the_shortest() -> None:
    assert "launch" not in codes_on(computing("gemm/cuda/n:64/threads:1", 50, scope="kernel"))


def test_the_alarm_and_the_judge_agree_on_launches() -> None:
    file = read_result(ROOT / "results" / "h100-80gb-16-cores" / "quick-1-process.json")
    judged = judge(file)
    launches = {c.name for c in file.workspan.cases if judged[c.name].is_launch}
    found = of(file)
    assert {"linrec/cuda/n:4096/threads:1", "copy/cuda/n:4096/threads:1"} < launches
    assert set(found["launch"].cases) <= launches
    assert not {"above_ceiling", "implausible"} & {*found}
    warned = {w.code for name in launches for w in judged[name].warnings}
    assert warned == {"launch"}


def run_of(rates: tuple[tuple[float, float, float], ...], share: float = 1.0) -> ResultFile:
    """seq, omp and a library on one thread, of each process."""
    journals = []
    for number, (seq, omp, library) in enumerate(rates, 1):
        cases = [*gemm(seq, omp), computing("gemm/openblas/n:64/threads:1", library)]
        cases[1]["invocations"][0]["cpu_share"] = share
        journals.append(journal(cases, "gemm", number))
    return merged(journals)


def test_alarms_of_several_processes() -> None:
    assert set(of(run_of(((10, 19, 9), (10.1, 19, 9), (10, 19.1, 9))))) == set()
    weak = of(run_of(((10, 19, 11), (10, 19, 11.1), (10, 19, 11))))["weak_baseline"]
    assert (weak.cases, weak.numbers["other"]) == (
        ("gemm/seq/n:64/threads:1",),
        "gemm/openblas/n:64/threads:1",
    )
    apart = of(run_of(((10, 19, 9), (10, 12, 9), (10, 19, 9))))["disagreeing"]
    assert apart.numbers["high"] == pytest.approx(1 / 12)
    assert of(run_of(((10, 19, 9),) * 3, 0.7))["starved"].numbers["cpu_share"] == 0.7


def test_ceilings_of_one_unit_that_gain_differently() -> None:
    copy = [moving(f"copy/omp/n:64/threads:{p}", r) for p, r in ((1, 20), (2, 34))]
    found = fired([*read(), *copy])["ceilings_differ"]
    assert (found.numbers["first"], found.numbers["second"]) == ("copy", "read")
    assert [found.numbers[end] for end in ("low", "high")] == pytest.approx([1.7, 2.0])
    assert "ceilings_differ" not in fired([*read(20, 36), *copy])
    assert "ceilings_differ" not in fired([*fma(), *copy])  # arithmetic and memory may differ


def law(p: int) -> float:
    return time_on(cores_of_16_cpus(p), 0.02)


def test_curves_that_are_superlinear_or_flat() -> None:
    fast = of(scaling_run(COUNTS, lambda p: law(p) / (1.6 if p >= 4 else 1)))["superlinear"]
    assert (fast.cases, fast.numbers["threads"]) == (("reduce/omp/n:8",), 4)
    flat = of(scaling_run(COUNTS, lambda p: law(min(p, 4))))["flat"]
    assert flat.numbers["threads"] == 4
    assert not {"superlinear", "flat"} & set(of(scaling_run(COUNTS, law)))


def test_the_most_serious_come_first_and_the_worst_case_within() -> None:
    cases = [
        *gemm(10, 19),
        *fma(),
        computing("conv2d/omp/n:64/threads:2", 44.1, ceiling="fma"),
        computing("mandelbrot/omp/n:64/threads:2", 44.5),
        computing("gemm/openblas/n:64/threads:2", 30),
    ]
    found = alarms(result(cases))
    order = [*DETECTORS]
    assert [*map(order.index, (a.code for a in found))] == sorted(
        order.index(a.code) for a in found
    )
    above = next(a for a in found if a.code == "above_ceiling")
    assert [name.split("/")[0] for name in above.cases] == ["mandelbrot", "conv2d"]


@pytest.mark.parametrize("path", COMMITTED, ids=lambda path: path.parent.name + path.name)
def test_the_alarm_names_the_cases_that_have_the_note(path: Path) -> None:
    file = read_result(path)
    notes = [(c.name, w.code) for c in file.workspan.cases for w in judge(file)[c.name].warnings]
    for code in ("above_ceiling", "implausible", "launch"):
        main = {c.name for c in file.workspan.cases if code != "launch" or c.role == "main"}
        alarm = of(file).get(code)
        assert {*(alarm.cases if alarm else ())} == {n for n, c in notes if c == code} & main


def test_the_committed_runs() -> None:
    h100 = of(read_result(ROOT / "results" / "h100-80gb-16-cores" / "quick-1-process.json"))
    assert len(h100["few_samples"].cases) == 71
    assert len(h100["starved"].cases) == 7
    assert "one_process" in h100
    assert {"stencil2d/omp/n:4096/threads:16", "gemm/omp/n:256/threads:16"} < set(
        h100["weak_parallel"].cases
    )
    assert h100["weak_baseline"].cases == (
        "scan/seq/n:67108864/threads:1",
        "linrec/seq/n:16777216/threads:1",
    )
    assert h100["low_ceiling"].cases == (
        "mandelbrot/omp_dynamic/n:2048/threads:16",
        "gemm/omp/n:2048/threads:16",
    )
    assert h100["library_ahead"].cases[0] == "fft/cuda/n:1048576/threads:1"
    assert h100["slower_with_all"].cases[0] == "copy/omp/n:4096/threads:16"
    assert "implausible" not in h100, "kernels as short as a launch, beside ceilings that are one"
    xeon = of(read_result(ROOT / "results" / "xeon-emerald-rapids-vm-2-cores" / "quick.json"))
    assert (len(xeon["disagreeing"].cases), xeon["disagreeing"].of) == (34, 192)
    assert "stencil3d/omp/n:256/threads:2" in xeon["weak_parallel"].cases
    assert "one_process" not in xeon
    for path in COMMITTED:
        of_epyc = of(read_result(path)) if "epyc" in path.parent.name else xeon
        assert not {"low_ceiling", "few_threads", "above_ceiling"} & {*of_epyc}
        weak = {n.split("/")[0] for n in getattr(of_epyc.get("weak_baseline"), "cases", ())}
        assert weak <= {"gemm"}, "OpenBLAS, with its whole interval"
