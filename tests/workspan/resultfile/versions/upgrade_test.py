# SPDX-License-Identifier: Apache-2.0
"""Files of schema 1 open in schema 2: same times and statuses, with the facts filled in."""

import json
from pathlib import Path
from typing import Any

import msgspec
import pytest
from sample_results import (
    COMMITTED_1,
    case,
    old_case,
    old_tree,
    planned,
    record,
    tree,
    without_times,
)

from workspan.resultfile.encode import encode_result
from workspan.resultfile.model import Case, CaseWarning, Status
from workspan.resultfile.read import decode_journal, decode_result, read_result
from workspan.resultfile.versions.upgrade import CacheSizes, cause_of, level_of, warnings_of
from workspan.resultfile.versions.version1 import Case1, Status1
from workspan.running.manifest import Manifest, decode_manifest
from workspan.support.errors import InputError

RAW = {"time", "interval", "stopped", "counters", "cost", "footprint", "verdict", "n", "threads"}
RAW |= {"keys", "seed", "scope", "workload", "variant", "name", "status", "reason"}
MIB = 1 << 20
CACHES = CacheSizes(48 * 1024, 2 * MIB, 50 * MIB)


def opened(*cases: dict[str, Any]) -> list[Case]:
    return decode_result(json.dumps(old_tree(list(cases))).encode(), "FILE").workspan.cases


@pytest.mark.parametrize("path", COMMITTED_1, ids=lambda p: f"{p.parent.name}/{p.name}")
def test_committed_files_keep_their_times_and_statuses(path: Path) -> None:
    raw, file = json.loads(path.read_bytes())["workspan"], read_result(path)
    now = json.loads(msgspec.json.encode(file.workspan))
    assert now["schema_version"] == 2
    for old, new in zip(raw["cases"], now["cases"], strict=True):
        assert _is_within({key: old[key] for key in RAW if old.get(key)}, new), old["name"]
        assert new.get("time") == old.get("time")
        for mine, theirs in zip(
            new.get("invocations", []), old.get("invocations", []), strict=True
        ):
            assert _is_within(theirs, mine), old["name"]
            assert (mine["cpu_share"] is not None) == (old["scope"] == "host")
    for part in ("run", "machine", "build", "environment", "invocations"):
        assert _is_within(raw.get(part, []), now[part]), part
    assert decode_result(encode_result(file), "again").workspan == file.workspan


def _is_within(old: Any, new: Any) -> bool:
    """Whether all that was in a file is in it still; defaults may have joined."""
    if isinstance(old, dict):
        return all(key in new and _is_within(value, new[key]) for key, value in old.items())
    if isinstance(old, list):
        return len(old) == len(new) and all(map(_is_within, old, new))
    return bool(old == new)


def test_a_variant_gets_the_facts_of_its_row() -> None:
    expected = {
        "copy/memcpy": ("copy", "bytes", "main", False, "one", True),
        "triad/seq_plain": ("triad", "bytes", "teaching", True, "one", True),
        "gemm/openblas": ("fma", "flops", "main", False, "own", False),
        "gemm/cuda_naive": ("fma", "flops", "teaching", True, "one", False),
        "gemm/cublas": ("fma", "flops", "main", False, "one", False),
        "scan/tbb": ("copy", "bytes", "main", False, "own", False),
        "stencil2d/seq_sweeps": ("copy", "bytes", "teaching", True, "one", False),
        "stencil2d/omp_tiled": ("copy", "bytes", "main", True, "team", False),
        "mandelbrot/omp_guided": ("fma", "flops", "teaching", True, "team", False),
        "mandelbrot/omp": ("fma", "flops", "main", True, "team", False),
        "cholesky/omp_tasks": ("dfma", "flops", "main", True, "team", False),
        "dfma/omp": ("dfma", "flops", "main", True, "team", True),
        "montecarlo/curand": ("", "items", "main", False, "one", False),
    }
    for name, facts in expected.items():
        (found,) = opened(without_times(f"{name}/n:8/threads:1", ceiling=facts[0]))
        of = (found.ceiling, found.rate_unit, found.role, found.ours, found.threading)
        assert (*of, found.is_ceiling) == facts, name


def test_a_file_from_before_subjects_tells_which_workloads_are_about_concurrency() -> None:
    names = ("dispatch", "busy", "waiters", "reduce")
    cases = [case(f"{name}/seq/n:8/threads:1", [1.0]) for name in names]
    assert not any("subject" in c for c in cases)
    expected = ["concurrency", "concurrency", "concurrency", "computing"]
    file = decode_result(json.dumps(tree(cases)).encode(), "FILE")
    assert [c.subject for c in file.workspan.cases] == expected
    whole = {"schema_version": 2, "record": record("busy"), "result": tree(cases[1:2])}
    in_journal = decode_journal(msgspec.json.encode(whole), "FILE").result
    assert in_journal and in_journal.workspan.cases[0].subject == "concurrency"


def test_without_a_ceiling_the_rate_is_of_the_work_that_there_is() -> None:
    costs = {"flops": (1.0, 2.0, 3.0), "bytes": (0.0, 2.0, 3.0), "items": (0.0, 0.0, 3.0)}
    for unit, of in costs.items():
        cost = dict(zip(("flops", "bytes", "items"), of, strict=True))
        (found,) = opened(case("free/seq/n:8/threads:1", [1.0], ceiling="", cost=cost))
        assert found.rate_unit == unit


@pytest.mark.parametrize(
    ("size", "threads", "level"),
    [
        (24 * 1024, 1, "l1"),
        (25 * 1024, 1, "l2"),
        (MIB, 1, "l2"),
        (2 * MIB, 1, "shared"),
        (2 * MIB, 2, "l2"),
        (255 * MIB, 1, "shared"),
        (256 * MIB, 8, "memory"),
        (0, 1, "none"),
    ],
)
def test_a_level_follows_the_share_of_a_thread(size: float, threads: int, level: str) -> None:
    footprint = {"host_shared": size / 2, "host_case": size / 2, "device_case": 0.0}
    new = case(f"read/omp/n:1/threads:{threads}", [1.0], footprint=footprint)
    assert level_of(msgspec.convert(old_case(new), Case1), CACHES) == level


@pytest.mark.parametrize(
    ("size", "caches", "level"),
    [
        (25 * MIB, CACHES, "l2"),
        (26 * MIB, CACHES, "memory"),
        (0, CACHES, "none"),
        (MIB, CacheSizes(), "none"),
    ],
)
def test_a_level_on_a_device_is_its_l2_or_memory(
    size: float, caches: CacheSizes, level: str
) -> None:
    footprint = {"host_shared": 0.0, "host_case": 0.0, "device_case": size}
    new = case("read/cuda/n:1/threads:1", [1.0], scope="kernel", footprint=footprint)
    assert level_of(msgspec.convert(old_case(new), Case1), caches) == level


@pytest.mark.parametrize(
    ("mib", "caches", "level"),
    [
        (1, CacheSizes(), "none"),
        (1, CacheSizes(l2=8 * MIB), "none"),
        (5, CacheSizes(l2=8 * MIB), "shared"),
        (300, CacheSizes(), "memory"),
    ],
)
def test_an_unknown_cache_makes_a_level_unknown_if_it_decides(
    mib: float, caches: CacheSizes, level: str
) -> None:
    footprint = {"host_shared": mib * MIB, "host_case": 0.0, "device_case": 0.0}
    new = case("read/seq/n:1/threads:1", [1.0], footprint=footprint)
    assert level_of(msgspec.convert(old_case(new), Case1), caches) == level


def test_the_share_of_the_cpu_is_the_median_over_samples() -> None:
    (found,) = opened(
        case(
            "copy/omp/n:8/threads:2",
            [1.0, 2.0, 4.0],
            invocations=[{"wall": [1.0, 2.0, 4.0], "cpu": [2.0, 2.0, 6.0], "iterations": 1}],
        )
    )
    assert found.invocations[0].cpu_share == 0.75


@pytest.mark.parametrize(
    ("status", "reason", "cause"),
    [
        ("ok", "", ""),
        ("crashed", "invocation 2: SIGSEGV", "process"),
        ("timeout", "invocation 1: no end after 9 s", "process"),
        ("failed", "wrong result before timing: 7", "wrong_result"),
        ("failed", "invocation 3, attempt 2: wrong result after timing: 7", "wrong_result"),
        ("failed", "cannot be allocated", "memory"),
        ("failed", "cudaErrorIllegalAddress (700): an illegal memory access", "device_lost"),
        ("failed", "cudaErrorInvalidValue (1): invalid argument", "error"),
        ("failed", "out of luck", "error"),
        ("skipped", "needs 9.00 GB of memory, 2.00 GB can be used", "memory"),
        ("skipped", "needs 9 B of device memory more, of which 8 B are free", "memory"),
        ("skipped", "needs 9 B of page-locked host memory more, which the system", "memory"),
        ("skipped", "not enough device memory: cudaErrorMemoryAllocation (2)", "memory"),
        ("skipped", "a run takes longer than 0.5 s, the limit of this preset", "too_slow"),
        ("skipped", "a run would take about 9 s, by the size before", "too_slow"),
        ("skipped", "interrupted", "interrupted"),
        ("skipped", "not measured: the run ended before", "interrupted"),
        ("skipped", "not measured: invocation 1 crashed in copy/seq/n:8/threads:1", "process"),
        ("skipped", "the GPU was lost to this process before: cudaErrorAssert", "device_lost"),
        ("skipped", "built without oneTBB", "unavailable"),
        ("skipped", "no CUDA device", "unavailable"),
    ],
)
def test_a_reason_has_a_cause(status: str, reason: str, cause: str) -> None:
    assert cause_of(Status1(status), reason) == cause


def test_warnings_become_codes_and_judgements_are_dropped() -> None:
    sentences = {
        "GPU clock held down (sw thermal slowdown): after 3 of 8 samples": (
            "gpu_clock_held",
            "sw thermal slowdown: after 3 of 8 samples",
        ),
        "GPU clock not steady: 1410 to 1980 MHz after samples": (
            "gpu_clock_unsteady",
            "1410 to 1980 MHz after samples",
        ),
        "disturbed: no quiet attempt at invocations 2, 3": ("disturbed", "invocations 2, 3"),
        "skipped in invocation 2: too slow": ("skipped_once", "invocation 2: too slow"),
        "of another day": ("note", "of another day"),
        "implausible: 2.00 of the ceiling copy/seq/n:8/threads:1": None,
        "above its ceiling: read/seq/n:8/threads:1 was measured": None,
        "cores shared or idle: less than 80 %": None,
        "shared cache: between L2 and 256 MiB": None,
    }
    expected = [CaseWarning(code=s[0], detail=s[1]) for s in sentences.values() if s]
    assert warnings_of(list(sentences)) == expected
    new = case("copy/seq/n:8/threads:1", [1.0])
    assert opened(old_case(new, tuple(sentences)))[0].warnings == expected


def test_a_plan_is_planned_and_a_run_is_not() -> None:
    names = "copy/seq/n:8/threads:1", "copy/omp/n:8/threads:2"
    plan = opened(planned(names[0]), without_times(names[1]))
    assert [(c.status, c.reason, c.cause) for c in plan] == [
        (Status.PLANNED, "", ""),
        (Status.SKIPPED, "no CUDA device", "unavailable"),
    ]
    run = opened(planned(names[0]), case(names[1], [1.0]))
    assert [c.status for c in run] == [Status.SKIPPED, Status.OK]


def test_journals_of_before_are_read() -> None:
    file = old_tree([case("copy/seq/n:8/threads:1", [1.0])])
    old = {"schema_version": 1, "record": msgspec.to_builtins(record()), "result": file}
    journal = decode_journal(json.dumps(old).encode(), "FILE")
    assert journal.schema_version == 2
    assert journal.result and journal.result.workspan.schema_version == 2
    assert decode_journal(msgspec.json.encode(journal), "FILE") == journal
    died = old["record"] | {"status": "crashed", "reason": "SIGSEGV"}
    none = decode_journal(json.dumps(old | {"result": None, "record": died}).encode(), "FILE")
    assert (none.record.status, none.result) == (Status.CRASHED, None)


def test_manifests_of_before_are_read() -> None:
    plan = {
        "schema_version": 1, "started": "2026-01-02T03:04:05Z", "arguments": [], "options": {},
        "bench": "bench", "sha256": "0" * 64, "cpus": [0], "memory_limit": None,
        "workloads": ["copy"],
        "plan": old_tree([planned("copy/seq/n:8/threads:1")]),
    }  # fmt: skip
    manifest = decode_manifest(json.dumps(plan).encode(), "FILE")
    assert manifest.schema_version == 2
    assert manifest.plan.workspan.cases[0].status is Status.PLANNED
    assert decode_manifest(msgspec.json.encode(manifest), "FILE") == manifest
    assert type(manifest) is Manifest


def test_schema_1_stays_strict() -> None:
    good = old_tree([case("copy/seq/n:8/threads:1", [1.0])])
    of_today = [
        ({"level": "l1"}, "$.workspan.cases[0]: Object contains unknown field `level`"),
        ({"warnings": [{"code": "a", "detail": ""}]}, "$.workspan.cases[0].warnings[0]"),
        ({"status": "planned"}, "$.workspan.cases[0].status: Invalid enum value 'planned'"),
        ({"time": 2.0}, "$.workspan.cases[0].time: is not 1.0"),
        ({"comparison": {}}, "$.workspan.cases[0].comparison"),
    ]
    for change, said in of_today:
        bad = json.loads(json.dumps(good))
        bad["workspan"]["cases"][0] |= change
        with pytest.raises(InputError) as caught:
            decode_result(json.dumps(bad).encode(), "FILE")
        assert said in str(caught.value)


def test_hostile_numbers_of_schema_1_are_read_or_refused() -> None:
    for wall, cpu in ((1e-300, 1e300), (5e-324, 1e300), (1e300, 0.0)):
        new = case("copy/seq/n:8/threads:1", [wall], interval="none")
        new["invocations"][0]["cpu"] = [cpu]
        file = old_tree([new])
        file["benchmarks"] = []
        (found,) = decode_result(json.dumps(file).encode(), "FILE").workspan.cases
        assert found.invocations[0].cpu_share is not None
    file["workspan"]["cases"][0]["invocations"][0]["cpu"] = []
    with pytest.raises(InputError, match=r"cpu: has 0 samples, wall has 1"):
        decode_result(json.dumps(file).encode(), "FILE")
