# SPDX-License-Identifier: Apache-2.0
"""The manifest made from a binary's plan: workloads, CPUs, memory limit and environment."""

import hashlib
import json
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import msgspec
import pytest
from sample_results import changed, planned, result, tree, without_times

from workspan.machine.pinning import usable_cpus
from workspan.resultfile.model import Gpu
from workspan.running.manifest import Options
from workspan.running.plan import (
    PlanRequest,
    left_out_of_weak_scaling,
    make_manifest,
    plan_of,
    require_gpu,
    require_teams,
)
from workspan.support.errors import NothingError, UsageError, WorkspanError

SEQ = "copy/seq/n:8/threads:1"


def request_of(
    folder: Path, cases: list[dict[str, Any]], left: object = "unlimited", **more: Any
) -> PlanRequest:
    """A request for a binary that answers with these cases."""
    answer = tree(cases)
    answer["workspan"]["machine"]["limits"]["memory_left"] = left
    (folder / "plan.json").write_text(json.dumps(answer))
    bench = folder / "bench"
    bench.write_text(f'#!/bin/sh\necho "$X$Y $@" >{folder}/words; cat {folder}/plan.json\n')
    bench.chmod(0o755)
    options = more.pop("options", Options())
    return PlanRequest(bench, {"X": "1", "Y": "1"}, options, ["workspan", "a\udcff"], **more)


def test_a_manifest_describes_binary_options_and_plan(tmp_path: Path) -> None:
    skipped = without_times("read/cuda/n:8/threads:1")
    request = request_of(
        tmp_path, [planned(SEQ), skipped], options=Options(workload=("copy", "read"))
    )
    found = make_manifest(request)
    assert (found.kind, found.label, found.environment) == ("run", "", {})
    assert found.workloads == ["copy"]
    assert found.sha256 == hashlib.sha256(request.bench.read_bytes()).hexdigest()
    assert found.cpus == usable_cpus()
    assert found.arguments == ["workspan", "a\N{REPLACEMENT CHARACTER}"]
    words = (tmp_path / "words").read_text().split()
    assert words[0] == "11"
    assert words[-3:] == ["--workload", "copy,read", "--pairs"]


@pytest.mark.parametrize(
    ("left", "limit"), [("unlimited", 0.9 * 7e9), (2e9, 0.9 * 2e9), (0.0, 0.9 * 7e9)]
)
def test_the_memory_limit_is_a_share_of_the_least(
    left: object, limit: float, tmp_path: Path
) -> None:
    """7 GB are available on the machine."""
    assert make_manifest(request_of(tmp_path, [planned(SEQ)], left)).memory_limit == limit
    given = Options(memory_limit=5)
    assert (
        make_manifest(request_of(tmp_path, [planned(SEQ)], left, options=given)).memory_limit == 5
    )


def test_a_side_has_its_own_environment(tmp_path: Path) -> None:
    found = make_manifest(request_of(tmp_path, [planned(SEQ)], side={"Y": "2"}, label="new Y=2"))
    assert (found.kind, found.label, found.environment) == ("ab", "new Y=2", {"Y": "2"})
    words = (tmp_path / "words").read_text()
    assert words.startswith("12 ")
    assert "--pairs" not in words  # of a run only


def test_nothing_to_measure_names_the_first_reason(tmp_path: Path) -> None:
    skipped = without_times("read/cuda/n:8/threads:1")
    with pytest.raises(NothingError, match="read/cuda/n:8/threads:1: no CUDA device"):
        make_manifest(request_of(tmp_path, [skipped]))


def test_the_plan_of_other_options_is_asked_for_in_the_same_way(tmp_path: Path) -> None:
    request = request_of(tmp_path, [planned(SEQ)], options=Options(sizes=("8",)), side={"Y": "2"})
    assert [case.name for case in plan_of(request).workspan.cases] == [SEQ]
    assert (tmp_path / "words").read_text().startswith("12 ")
    assert "--sizes 8" in (tmp_path / "words").read_text()


GPU = Gpu(
    name="x",
    bus_id="0",
    multiprocessors=1,
    compute_capability="9.0",
    memory=1e9,
    l2=1e6,
    clock_mhz=1e3,
    memory_clock_mhz=1e3,
)
CUDA = without_times("copy/cuda/n:8/threads:1", "planned", "", scope="kernel")
CUB = without_times("copy/cub/n:8/threads:1", "planned", "", scope="kernel")
ELSEWHERE = without_times("read/cuda/n:8/threads:1", "planned", "", scope="kernel")
SKIPPED = without_times("copy/cuda/n:8/threads:1", scope="kernel")


@pytest.mark.parametrize(
    ("cases", "why"),
    [
        ([planned(SEQ), CUDA], ""),
        ([planned(SEQ), CUB], "no workload is planned on the host and on the GPU"),
        ([planned(SEQ), ELSEWHERE], "no workload is planned on the host and on the GPU"),
        ([planned(SEQ), SKIPPED], "no workload is planned on the host and on the GPU"),
        ([CUDA], "no workload is planned on the host and on the GPU"),
    ],
)
def test_a_break_even_needs_host_and_gpu(cases: list[dict[str, Any]], why: str) -> None:
    plan = result(cases)
    with pytest.raises(NothingError, match="there is none \\(no CUDA device\\)"):
        require_gpu(plan)
    machine = plan.workspan.machine
    cuda = msgspec.structs.replace(machine.cuda, gpus=[GPU])
    plan = changed(plan, machine=msgspec.structs.replace(machine, cuda=cuda))
    with pytest.raises(NothingError, match=why) if why else nullcontext():
        require_gpu(plan)


def test_workloads_that_weak_scaling_leaves_out_are_named() -> None:
    plan = result([planned(SEQ)])
    asked = ("transfer", "copy", "waiters")
    line = left_out_of_weak_scaling(Options(weak=True, workload=asked), plan)
    assert line.startswith("--weak: left out: transfer, waiters: no size follows from their work")
    without = Options(workload=asked), Options(weak=True), Options(weak=True, workload=("copy",))
    assert [left_out_of_weak_scaling(options, plan) for options in without] == [""] * 3


OMP_1, OMP_2 = (planned(f"copy/omp/n:{8 * p}/threads:{p}") for p in (1, 2))


@pytest.mark.parametrize(
    ("cases", "options", "error"),
    [
        ([planned(SEQ), OMP_1, OMP_2], Options(weak=True), None),
        ([planned(SEQ)], Options(weak=True, variant=("seq",)), UsageError),
        ([planned(SEQ), OMP_1], Options(weak=True, threads=("1",)), UsageError),
        ([planned(SEQ), OMP_2], Options(weak=True, threads=("2",)), UsageError),
        ([planned(SEQ), OMP_1], Options(weak=True), NothingError),
    ],
)
def test_weak_scaling_needs_a_code_on_one_thread_and_on_several(
    cases: list[dict[str, Any]], options: Options, error: type[WorkspanError] | None
) -> None:
    said = "--weak: compares a code on several threads with the same on one"
    with pytest.raises(error, match=said) if error else nullcontext():
        require_teams(options, result(cases))


def test_the_options_that_leave_weak_scaling_nothing_are_named() -> None:
    options = Options(weak=True, threads=("1",), variant=("seq", "omp"))
    with pytest.raises(UsageError, match="--threads 1 --variant seq,omp leaves none"):
        require_teams(options, result([planned(SEQ)]))
