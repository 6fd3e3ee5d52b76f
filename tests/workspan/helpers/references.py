# SPDX-License-Identifier: Apache-2.0
"""Made-up results of machines with a GPU, and the verdicts on them against references."""

from pathlib import Path
from typing import Any

import msgspec
from comparing import encoded, file_of, on, steady
from sample_results import without_times

from workspan.compare.against_reference import compare_with_references
from workspan.compare.reference_band import Bands
from workspan.compare.reference_choice import NamedFile
from workspan.resultfile.model import Case, CaseWarning, Gpu, ResultFile

HOST, LONG, GPU, E2E = (
    f"gemm/{rest}/threads:1" for rest in ("seq/n:8", "seq/n:16", "cuda/n:8", "cuda_e2e/n:8")
)
SCOPES = {"cuda": "kernel", "cuda_e2e": "e2e"}
H100 = Gpu(
    name="H100",
    bus_id="0",
    multiprocessors=132,
    compute_capability="9.0",
    memory=8e10,
    l2=5e7,
    clock_mhz=1980.0,
    memory_clock_mhz=2619.0,
)


def gpu_result(
    times: dict[str, float],
    gpu: Gpu | None = H100,
    invocations: int = 3,
    noise: float = 0.0011,
    **run: Any,
) -> ResultFile:
    """A file of a machine with a GPU; the variants of its cases decide their scope."""
    file = file_of({name: steady(time, invocations, noise) for name, time in times.items()}, **run)
    cases = [_in_scope(case) for case in file.workspan.cases]
    return on(on(file, "cases", cases), "machine.cuda.gpus", [gpu] if gpu else [])


def _in_scope(case: Case) -> Case:
    scope = SCOPES.get(case.variant, "host")
    shares = {} if scope == "host" else {"cpu_share": None}
    invocations = [msgspec.structs.replace(i, **shares) for i in case.invocations]
    return msgspec.structs.replace(case, scope=scope, invocations=invocations)


def changed_case(file: ResultFile, name: str, **fields: Any) -> ResultFile:
    return on(
        file,
        "cases",
        [
            msgspec.structs.replace(c, **fields) if c.name == name else c
            for c in file.workspan.cases
        ],
    )


def reference_verdicts(
    yours: ResultFile, *references: ResultFile, bands: Bands | None = None
) -> dict[str, tuple[str, str, str]]:
    """Verdict, reason and reference of each case."""
    report = compare_with_references(
        NamedFile("yours", yours),
        [NamedFile(f"r{i}", file) for i, file in enumerate(references)],
        bands or Bands(),
    )
    return {row.name: (row.verdict.value, row.reason, row.against) for row in report.rows}


def failed_case(name: str, status: str = "failed") -> Case:
    return _in_scope(msgspec.convert(without_times(name, status, "wrong result"), Case))


def put(path: str, file: ResultFile | bytes) -> None:
    """Writes a file, and the folders above it."""
    Path(path).parent.mkdir(parents=True, exist_ok=True)
    Path(path).write_bytes(file if isinstance(file, bytes) else encoded(file))


def disturbed(file: ResultFile, name: str, most: int = 99) -> ResultFile:
    """The file with the first `most` invocations of a case disturbed."""
    (case,) = (c for c in file.workspan.cases if c.name == name)
    cause = ["8.0 s of CPU time used by other processes"]
    hit = [
        msgspec.structs.replace(i, disturbed=cause if k < most else [])
        for k, i in enumerate(case.invocations)
    ]
    loud = CaseWarning(code="disturbed", detail="invocations 1, 2, 3")
    return changed_case(file, name, invocations=hit, warnings=[loud])
