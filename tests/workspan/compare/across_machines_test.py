# SPDX-License-Identifier: Apache-2.0
"""workspan compare on two machines: the buyer's question, without a verdict."""

import json
import math
from collections.abc import Mapping
from statistics import geometric_mean, median
from typing import Any

import pytest
from comparing import RunCompare, file_of, on
from paths import ROOT
from sample_results import foreign

from workspan.compare.across_machines import MachineReport, Mean, compare_machines
from workspan.resultfile.model import ResultFile
from workspan.resultfile.read import read_result

H100 = ROOT / "results/h100-80gb-16-cores/quick-1-process.json"
XEON = ROOT / "results/xeon-emerald-rapids-vm-2-cores/quick.json"


def machine(
    threads: int, cases: Mapping[str, float], invocations: int = 3, **fields: Any
) -> ResultFile:
    """A machine of that many CPUs, whose cases take these times, a little more or less by process.

    fields: of every case.
    """
    noise = [math.exp(0.001 * (k - (invocations - 1) / 2)) for k in range(invocations)]
    samples = {name: [[t * f] * 3 for f in noise] for name, t in cases.items()}
    file = file_of(samples, all_threads=threads)
    file = on(file, "machine.cpu.model", f"CPU of {threads}")
    changed = [type(c)(**{**vars_of(c), **fields}) for c in file.workspan.cases]
    return on(file, "cases", changed)


def vars_of(case: Any) -> dict[str, Any]:
    return {name: getattr(case, name) for name in case.__struct_fields__}


def compared(old: ResultFile, new: ResultFile) -> MachineReport:
    return compare_machines(old, new, ("a.json", "b.json"))


def means_of(report: MachineReport, kind: str = "host") -> dict[str, tuple[float, int]]:
    return {m.bound: (m.value, m.problems) for m in report.means if m.kind == kind}


def test_cases_of_one_name_and_those_on_all_cpus_are_common() -> None:
    names = ("reduce/seq/n:8/threads:1", "reduce/omp/n:8/threads:1")
    old = machine(2, dict.fromkeys((*names, "reduce/omp/n:8/threads:2"), 8.0))
    new = machine(
        64, dict.fromkeys((*names, "reduce/omp/n:8/threads:64", "read/seq/n:8/threads:1"), 2.0)
    )
    report = compared(old, new)
    assert [(pair.old.name, pair.new.name) for pair in report.cases] == [
        *((name, name) for name in names),
        ("reduce/omp/n:8/threads:2", "reduce/omp/n:8/threads:64"),
    ]
    assert all(pair.ratio.value == pytest.approx(4) for pair in report.cases)
    assert (report.left_out, report.cpus) == (1, (2, 64))


def test_one_that_ran_on_all_cpus_of_both_is_common_once() -> None:
    one = machine(2, {"reduce/omp/n:8/threads:2": 1.0})
    assert len(compared(one, on(one, "machine.cpu.model", "Other")).cases) == 1


def test_a_ratio_has_the_interval_of_independent_processes() -> None:
    """Welch's by hand, of logarithms 0, x and -x of three processes a side."""
    samples = [[math.exp(x)] * 3 for x in (-0.1, 0.0, 0.1)]
    twice = [[2 * t for t in one] for one in samples]
    name = "fma/seq/n:8/threads:1"
    old, new = file_of({name: twice}), on(file_of({name: samples}), "machine.cpu.cores", 9)
    (pair,) = compared(old, new).cases
    half = 2.7764451 * math.sqrt(2 * 0.01 / 3)  # t of 4 degrees of freedom
    assert pair.ratio.value == pytest.approx(2)
    assert pair.ratio.interval == pytest.approx((2 * math.exp(-half), 2 * math.exp(half)))


def test_of_one_process_a_side_the_interval_is_of_its_samples() -> None:
    name = "fma/seq/n:8/threads:1"
    walls = [1.0 + 0.01 * k for k in range(8)]
    old, new = (file_of({name: [[t * f for t in walls]]}) for f in (3, 1))
    (pair,) = compared(old, on(new, "machine.cpu.cores", 9)).cases
    assert pair.ratio.within_one_process
    assert pair.ratio.interval and 2.8 < pair.ratio.interval[0] < 3 < pair.ratio.interval[1] < 3.2
    (pair,) = compared(old, on(file_of({name: [walls, walls]}), "machine.cpu.cores", 9)).cases
    assert (pair.ratio.interval, pair.ratio.value) == (None, pytest.approx(3))


def test_means_go_over_the_best_host_code_of_each_problem() -> None:
    old = machine(
        4,
        {
            "gemm/seq/n:8/threads:1": 9.0,
            "gemm/omp/n:8/threads:4": 6.0,
            "gemm/seq/n:16/threads:1": 8.0,
            "mandelbrot/seq/n:8/threads:1": 1.0,
        },
    )
    new = machine(
        2,
        {
            "gemm/seq/n:8/threads:1": 9.0,
            "gemm/openblas/n:8/threads:2": 3.0,
            "gemm/seq/n:16/threads:1": 1.0,
        },
    )
    report = compared(old, new)
    best = [(pair.old.name, pair.new.name) for pair in report.best["host"]]
    assert best[0] == ("gemm/omp/n:8/threads:4", "gemm/openblas/n:8/threads:2")
    assert means_of(report) == {
        "all": (pytest.approx(4), 2),
        "arithmetic": (pytest.approx(4), 2),
    }
    assert means_of(report, "one_thread")["all"] == (pytest.approx(math.sqrt(8)), 2)
    mean = next(m for m in report.means if m.kind == "host")
    assert mean.interval and mean.interval[0] < 4 < mean.interval[1]


def test_a_problem_counts_for_memory_only_if_it_is_in_memory_on_both() -> None:
    cases = {"reduce/seq/n:8/threads:1": 1.0}
    memory, cache = machine(2, cases, level="memory"), machine(4, cases, level="shared")
    assert set(means_of(compared(memory, machine(4, cases, level="memory")))) == {"all", "memory"}
    assert set(means_of(compared(memory, cache))) == {"all", "caches"}
    free = machine(4, cases, ceiling="")
    assert set(means_of(compared(machine(2, cases, ceiling=""), free))) == {"all"}


def test_gpus_are_compared_apart_from_hosts() -> None:
    host, kernel = {"gemm/seq/n:8/threads:1": 8.0}, {"gemm/cuda/n:8/threads:1": 4.0}
    whole = {"gemm/cuda_e2e/n:8/threads:1": 6.0, "gemm/cuda_pinned/n:8/threads:1": 5.0}

    def with_gpu(threads: int, factor: float) -> ResultFile:
        parts = [
            machine(threads, {k: t * factor for k, t in part.items()}, scope=scope)
            for part, scope in ((host, "host"), (kernel, "kernel"), (whole, "e2e"))
        ]
        return on(parts[0], "cases", [c for part in parts for c in part.workspan.cases])

    report = compared(with_gpu(2, 1), with_gpu(4, 0.25))
    assert set(report.best) == {"host", "one_thread", "kernel", "transfers"}
    assert [pair.old.name for pair in report.best["transfers"]] == [*whole][1:]
    assert means_of(report, "kernel")["all"] == (pytest.approx(4), 1)
    assert means_of(report)["all"][1] == 1
    assert set(compared(with_gpu(2, 1), machine(4, host)).best) == {"host", "one_thread"}


@pytest.mark.parametrize(
    ("name", "subject", "scope"),
    [
        ("busy/seq/n:8/grain:4/threads:1", "concurrency", "host"),
        ("transfer/h2d/n:4096/threads:1", "transfers", "e2e"),
    ],
)
def test_workloads_that_compute_nothing_are_in_no_mean(name: str, subject: str, scope: str) -> None:
    old, new = (machine(p, {name: 1.0}, subject=subject, scope=scope) for p in (2, 4))
    report = compared(old, new)
    assert (len(report.cases), report.means, report.best) == (1, [], {})


def by_hand(path: Any, name: str) -> float:
    """The geometric mean over processes of the medians of their samples, from the bare JSON."""
    cases = {c["name"]: c for c in json.loads(path.read_bytes())["workspan"]["cases"]}
    return geometric_mean([median(i["wall"]) for i in cases[name]["invocations"]])


@pytest.mark.parametrize(
    ("old_name", "new_name", "ratio"),
    [
        ("gemm/seq/n:2048/threads:1", "gemm/seq/n:2048/threads:1", 1.4708),
        ("triad/omp/n:16777216/threads:16", "triad/omp/n:16777216/threads:2", 0.2035),
        (
            "stencil2d/omp_tiled/n:4096/threads:16",
            "stencil2d/omp_tiled/n:4096/threads:2",
            0.2081,
        ),
    ],
)
def test_committed_machines_are_as_far_apart_as_their_raw_samples(
    old_name: str, new_name: str, ratio: float
) -> None:
    report = compared(read_result(H100), read_result(XEON))
    pair = next(p for p in report.cases if (p.old.name, p.new.name) == (old_name, new_name))
    assert pair.ratio.value == pytest.approx(by_hand(H100, old_name) / by_hand(XEON, new_name))
    assert pair.ratio.value == pytest.approx(ratio, abs=5e-5)


def test_the_mean_of_committed_machines_is_that_of_the_best_codes_by_hand() -> None:
    report = compared(read_result(H100), read_result(XEON))
    best = report.best["host"]
    gemm = next(p for p in best if p.old.name.startswith("gemm/omp/n:2048/"))
    assert gemm.new.name == "gemm/openblas/n:2048/threads:2"
    assert gemm.ratio.value == pytest.approx(0.1940, abs=5e-5)
    ratios = [by_hand(H100, p.old.name) / by_hand(XEON, p.new.name) for p in best]
    (mean,) = (m for m in report.means if (m.kind, m.bound) == ("host", "all"))
    assert mean == Mean("host", "all", pytest.approx(geometric_mean(ratios)), None, len(best))


OLD = machine(2, {"reduce/seq/n:8/threads:1": 2.0, "reduce/omp/n:8/threads:2": 1.0})
NEW = machine(64, {"reduce/seq/n:8/threads:1": 2.0, "reduce/omp/n:8/threads:64": 0.25})


def test_two_machines_are_compared_at_once_and_get_no_verdict(run_compare: RunCompare) -> None:
    code, out, err = run_compare(OLD, NEW)
    assert (code, err) == (0, "")
    assert "reduce/omp/n:8/threads:2 and 64" in out
    assert ["CPU", "model", "CPU", "of", "2", "CPU", "of", "64"] in [
        x.split() for x in out.splitlines()
    ]
    assert not any(word in out for word in ("SLOWER", "FASTER", "SAME"))
    code, out, _ = run_compare("1.json", "0.json")
    assert (code, "A is 4.00 times as fast as B" in out) == (0, True)


def test_every_format_has_them(run_compare: RunCompare) -> None:
    found = json.loads(run_compare(OLD, NEW, "--format", "json")[1])
    assert found["cases"][1]["ratio"]["value"] == pytest.approx(4)
    mean = found["means"][0]
    assert [mean[k] for k in ("kind", "bound", "problems")] == ["host", "all", 1]
    assert mean["value"] == pytest.approx(4)
    lines = run_compare("0.json", "1.json", "--format", "csv")[1].splitlines()
    assert [line.split(",")[0] for line in lines] == [
        *("kind", "case", "case", "host", "one_thread")
    ]
    assert "### HOST 1" in run_compare("0.json", "1.json", "--format", "markdown")[1]
    assert 'skipped="2"' in run_compare("0.json", "1.json", "--format", "junit")[1]


@pytest.mark.parametrize("words", [("--threshold", "5%"), ("--fail-on", "slower")])
def test_who_asks_for_a_verdict_learns_that_there_is_none(
    run_compare: RunCompare, words: tuple[str, str]
) -> None:
    code, out, err = run_compare(OLD, NEW, *words)
    assert (code, out, err.count("\n")) == (2, "", 1)
    assert "these are different machines: CPU model CPU of 2, then CPU of 64" in err
    assert "they get no verdict: leave out --threshold and --fail-on" in err


def test_nothing_in_common_is_exit_code_3(run_compare: RunCompare) -> None:
    code, _, err = run_compare(OLD, machine(64, {"read/seq/n:8/threads:1": 1.0}))
    assert (code, "no case to compare" in err) == (3, True)
    assert run_compare(OLD, NEW, "--filter", "triad")[0] == 3
    _, out, _ = run_compare(OLD, NEW, "--filter", "omp")
    assert "1 common case;" in out and "seq (1)" not in out


def test_a_file_of_another_program_says_too_little_of_its_machine(run_compare: RunCompare) -> None:
    code, _, err = run_compare(foreign(), NEW)
    assert (code, "they share no cases and no description of the machine" in err) == (2, True)
