# SPDX-License-Identifier: Apache-2.0
"""Estimates of a run: time, memory, disk space and the name of its folder."""

import msgspec
from sample_results import without_times
from sample_runs import OMP, SEQ, manifest

from workspan.resultfile.model import Case
from workspan.running.estimate import (
    CASE_BYTES,
    FILE_BYTES,
    SAMPLE_BYTES,
    SAMPLES_PER_SECOND,
    estimate_text,
    expected_bytes,
    folder_name,
    planned_seconds,
    remaining_line,
    round_line,
    totals_line,
)
from workspan.running.manifest import Manifest, Options
from workspan.running.rounds import Narrowed, Round

TWO = (SEQ, OMP, "read/seq/n:8/threads:1")  # of two workloads


def with_skipped() -> Manifest:
    """copy with one planned and one skipped case; read with nothing but a skipped one."""
    of = manifest((SEQ,))
    skipped = [
        msgspec.convert(without_times(name), Case) for name in (OMP, "read/cuda/n:8/threads:1")
    ]
    ours = msgspec.structs.replace(of.plan.workspan, cases=[*of.plan.workspan.cases, *skipped])
    plan = msgspec.structs.replace(of.plan, workspan=ours)
    return msgspec.structs.replace(of, plan=plan)


def test_the_name_sorts_by_time() -> None:
    assert folder_name(manifest()) == "20260102T030405Z-vm-quick"
    assert folder_name(manifest(options=Options(preset="gate"))).endswith("-gate")


def test_space_for_all_files_and_the_merged_one() -> None:
    """Five invocations: five files, the merged one as large as five, and a temporary one."""
    samples = 280 / 5 * SAMPLES_PER_SECOND * SAMPLE_BYTES
    assert expected_bytes(manifest(TWO)) == 11 * (3 * CASE_BYTES + 2 * FILE_BYTES + samples)


def test_a_longer_run_needs_more_space_for_its_samples() -> None:
    """57 samples of each of 7 cases, and those of the ceilings, in 3 s: as was observed."""
    short, long = (
        expected_bytes(manifest(options=Options(invocations=1, time_budget=seconds)))
        for seconds in (3.0, 60.0)
    )
    assert short > 3 * 57 * 8 * 190
    assert long > short + 3 * 57 * 8 * 190 * 18


def test_the_time_is_the_budget_or_a_minute_per_invocation() -> None:
    assert planned_seconds(manifest(TWO)) == 280.0
    assert planned_seconds(manifest(TWO, options=Options(time_budget=7.0))) == 7.0
    assert planned_seconds(manifest(TWO, options=Options(preset="full"))) == 60.0 * 5 * 2


def test_the_totals_are_one_line() -> None:
    assert totals_line(manifest(TWO)) == (
        "3 cases of 2 workloads, 10 processes, at most 4 min 40 s of measuring (plus set-up and "
        "verification), at most 25.0 MB of disk space"
    )


def test_each_workload_has_a_line() -> None:
    lines = estimate_text(with_skipped()).splitlines()
    assert lines[0] == "copy: 1 case to measure, 1 skipped, up to 16.4 kB of memory each"
    assert lines[1] == "read: nothing: no CUDA device"
    assert lines[2].startswith("1 case of 1 workload, 5 processes, at most 4 min 40 s of measuring")


def test_the_gpu_needs_memory_for_planned_device_cases_only() -> None:
    (host,) = manifest((SEQ,)).plan.workspan.cases
    device = msgspec.structs.replace(host, name="copy/cuda/n:8/threads:1", scope="kernel")
    of = manifest((SEQ,))
    ours = msgspec.structs.replace(of.plan.workspan, cases=[host, device])
    plan = msgspec.structs.replace(of.plan, workspan=ours)
    assert "16.4 kB on the GPU\n" in estimate_text(msgspec.structs.replace(of, plan=plan))
    assert "GPU" not in estimate_text(of)


def test_a_round_names_its_sizes() -> None:
    whole = manifest(TWO, options=Options(break_even=True))
    cases = tuple(whole.plan.workspan.cases)
    parts = [Narrowed("copy", (16, 32), ("omp",), cases, 5), Narrowed("read", (64,), (), cases, 5)]
    assert round_line(Round(whole, parts)) == (
        "--break-even: copy n = 16, 32; read n = 64: 10 processes, at most 4 min 40 s of measuring"
    )
    first = round_line(Round(whole, parts[:1]))
    assert first.endswith("5 processes, at most 2 min 20 s of measuring")
    assert estimate_text(whole).splitlines()[-1].startswith("then the sizes of --break-even")


def test_the_rest_of_a_resumed_run() -> None:
    left = remaining_line(manifest(TWO), 3)
    assert left == "3 invocations of 10 left, at most 1 min 24 s of measuring"
