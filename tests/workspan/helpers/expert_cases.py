# SPDX-License-Identifier: Apache-2.0
"""Made-up cases on a machine whose 2 CPUs double the ceilings fma and read, and their findings."""

from typing import Any

from judging import computing, moving
from sample_results import result

from workspan.analysis.verdicts.finding import Finding
from workspan.analysis.verdicts.verdicts import Verdict, verdicts

SMALL, LARGE = 64, 1024


def fma(one: float = 20.0, two: float = 40.0) -> list[dict[str, Any]]:
    """The ceiling of gemm, in GFLOP/s on one thread and on two."""
    return [
        computing("fma/seq/n:64/threads:1", one),
        computing("fma/omp/n:64/threads:1", one),
        computing("fma/omp/n:64/threads:2", two),
    ]


def read(one: float = 20.0, two: float = 40.0) -> list[dict[str, Any]]:
    """The ceiling of reduce and histogram, in GB/s."""
    return [
        moving("read/seq/n:64/threads:1", one),
        moving("read/omp/n:64/threads:1", one),
        moving("read/omp/n:64/threads:2", two),
    ]


def gemm(seq: float, omp: float, n: int = SMALL, **changed: Any) -> list[dict[str, Any]]:
    """In GFLOP/s; changed: of omp."""
    return [
        computing(f"gemm/seq/n:{n}/threads:1", seq),
        computing(f"gemm/omp/n:{n}/threads:2", omp, **changed),
    ]


def verdicts_of(cases: list[dict[str, Any]]) -> dict[tuple[str, int], Verdict]:
    """By workload and size."""
    return {(v.workload, v.n): v for v in verdicts(result(cases))}


def findings_of(
    cases: list[dict[str, Any]], workload: str = "gemm", n: int = SMALL
) -> dict[str, Finding]:
    """Of one problem, by code, in their order."""
    return {f.code: f for f in verdicts_of(cases)[workload, n].findings}
