# SPDX-License-Identifier: Apache-2.0
"""Schema 1 read as schema 2: the same times and statuses, the facts filled in. Files of schema 2
from before a fact was written get it too.

The only place where names of variants and English sentences are parsed. Its tables are frozen: they
describe the suite and the wording of schema 1, which no longer change.
"""

import re
from collections.abc import Sequence
from statistics import median
from typing import Final, NamedTuple

import msgspec

from workspan.resultfile.fields import LARGEST
from workspan.resultfile.machine_model import Machine
from workspan.resultfile.model import (
    SCHEMA_VERSION,
    Case,
    CaseInvocation,
    CaseWarning,
    Cause,
    Journal,
    Level,
    RateUnit,
    ResultFile,
    Role,
    Status,
    Threading,
    Workspan,
)
from workspan.resultfile.names import BUSY, DISPATCH, WAITERS
from workspan.resultfile.versions.version1 import (
    Case1,
    CaseInvocation1,
    Journal1,
    ResultFile1,
    Status1,
)

OLD_VERSION: Final = 1

COMPUTE_CEILINGS: Final = ("fma", "dfma")
COUNTED_IN_ITEMS: Final = ("montecarlo",)  # neither flops nor bytes need to move
OWN_THREADS: Final = ("openblas", "tbb", "fftw")
LIBRARIES: Final = (
    *("memcpy", "cuda_memcpy", *OWN_THREADS),
    *("cublas", "cub", "cufft", "curand", "cusolver"),
)
TEACHING: Final = re.compile(r".*_(plain|naive|sweeps)|omp_(static|dynamic|guided)")
OPENMP: Final = re.compile(r"omp(_.*)?")
MEMORY_FROM: Final = 256 << 20  # bytes

JUDGED: Final = (  # beginnings of warnings that are judgements
    "implausible: ",
    "above its ceiling: ",
    "cores shared or idle: ",
    "shared cache: ",
)
WARNINGS: Final = (  # sentence, its code and the details that it held
    (r"GPU clock held down \((.*?)\): (after .*)", "gpu_clock_held", r"\1: \2"),
    (r"GPU clock not steady: (.*)", "gpu_clock_unsteady", r"\1"),
    (r"disturbed: no quiet attempt at (.*)", "disturbed", r"\1"),
    (r"skipped in (.*)", "skipped_once", r"\1"),
)
PLANNED: Final = "planned"
ATTEMPT: Final = re.compile(r"invocation [0-9]+(, attempt [0-9]+)?: ")
LOST: Final = (  # names of CUDA errors after which no call succeeds
    "ECCUncorrectable|NvlinkUncorrectable|Contained|IllegalAddress|LaunchTimeout|Assert"
    "|HardwareStackError|IllegalInstruction|MisalignedAddress|InvalidAddressSpace|InvalidPc"
    "|LaunchFailure|TensorMemoryLeak|MpsClientTerminated|ExternalDevice"
)
CAUSES: Final[tuple[tuple[str, Cause], ...]] = (
    (r"wrong result", "wrong_result"),
    (r"cannot be allocated|not enough device memory|needs .*memory", "memory"),
    (r"a run (takes longer than|would take about) ", "too_slow"),
    (r"interrupted|not measured: the run ended before", "interrupted"),
    (r"not measured: invocation ", "process"),
    (rf"the GPU was lost to this process before|cudaError({LOST})\b", "device_lost"),
)


class CacheSizes(NamedTuple):
    """Bytes per core of L1 and L2, and of the L2 of the first GPU; 0: unknown."""

    l1: float = 0
    l2: float = 0
    device_l2: float = 0


def cache_sizes(machine: Machine) -> CacheSizes:
    """The caches that decide the level of a working set."""
    gpus = machine.cuda.gpus
    device_l2 = gpus[0].l2 if gpus else 0
    return CacheSizes(machine.cpu.cache_bytes(1), machine.cpu.cache_bytes(2), device_l2)


def level_of(old: Case1, caches: CacheSizes) -> Level:
    """Where the working set lives: a thread's share in half of L1 or L2, else shared or memory.

    none: no working set, or the size of a cache that decides is unknown.
    """
    f = old.footprint
    if old.scope != "host":
        if not (f.device_case > 0 and caches.device_l2 > 0):
            return "none"
        return "l2" if f.device_case <= caches.device_l2 / 2 else "memory"
    if f.kernel_on_host >= MEMORY_FROM:
        return "memory"
    if not (f.kernel_on_host > 0 and caches.l2 > 0):
        return "none"
    share = f.kernel_on_host / old.threads
    if share > caches.l2 / 2:
        return "shared"
    if not caches.l1 > 0:
        return "none"
    return "l1" if share <= caches.l1 / 2 else "l2"


def cause_of(status: Status1, reason: str) -> Cause:
    """The cause behind a reason."""
    if status is Status1.OK:
        return ""
    if status in (Status1.TIMEOUT, Status1.CRASHED):
        return "process"
    words = ATTEMPT.sub("", reason, count=1)
    found = next((cause for start, cause in CAUSES if re.match(start, words)), None)
    return found or ("unavailable" if status is Status1.SKIPPED else "error")


def warnings_of(sentences: Sequence[str]) -> list[CaseWarning]:
    """The warnings that are facts."""
    return [_warning(text) for text in sentences if not text.startswith(JUDGED)]


def _warning(sentence: str) -> CaseWarning:
    for pattern, code, detail in WARNINGS:
        if found := re.fullmatch(pattern, sentence):
            return CaseWarning(code=code, detail=found.expand(detail))
    return CaseWarning(code="note", detail=sentence)


def rate_unit_of(old: Case1) -> RateUnit:
    """The unit of the ceiling; without one, of the work that there is."""
    if old.bound:
        return "flops" if old.bound in COMPUTE_CEILINGS else "bytes"
    if old.workload in COUNTED_IN_ITEMS:
        return "items"
    if old.cost.flops > 0:
        return "flops"
    return "bytes" if old.cost.bytes > 0 or not old.cost.items > 0 else "items"


def role_of(variant: str) -> Role:
    """Teaching, if the variant is there to be read; main, if it is there to be fast."""
    return "teaching" if TEACHING.fullmatch(variant) else "main"


def threading_of(variant: str) -> Threading:
    """Whose threads the variant runs on."""
    if variant in OWN_THREADS:
        return "own"
    return "team" if OPENMP.fullmatch(variant) else "one"


def _invocation(old: CaseInvocation1, scope: str, threads: int) -> CaseInvocation:
    shares = [c / w / threads for c, w in zip(old.cpu, old.wall, strict=False)]
    return CaseInvocation(
        **{field: getattr(old, field) for field in old.__struct_fields__},
        cpu_share=min(median(shares or [0.0]), LARGEST) if scope == "host" else None,
    )


def upgrade_case(old: Case1, caches: CacheSizes, *, of_plan: bool) -> Case:
    """The case in schema 2. of_plan: of a file that has measured nothing."""
    planned = of_plan and old.reason == PLANNED
    dropped = ("bound", "comparison", "status", "reason", "invocations", "warnings")
    return Case(
        **{f: getattr(old, f) for f in old.__struct_fields__ if f not in dropped},
        ceiling=old.bound,
        rate_unit=rate_unit_of(old),
        role=role_of(old.variant),
        ours=old.variant not in LIBRARIES,
        threading=threading_of(old.variant),
        level=level_of(old, caches),
        status=Status.PLANNED if planned else Status(old.status.value),
        reason="" if planned else old.reason,
        cause="" if planned else cause_of(old.status, old.reason),
        invocations=[_invocation(i, old.scope, old.threads) for i in old.invocations],
        warnings=warnings_of(old.warnings),
    )


def with_subjects(file: ResultFile) -> ResultFile:
    """The file, in which workloads about concurrency say so, though its binary did not."""
    cases = [
        msgspec.structs.replace(case, subject="concurrency")
        if case.workload in (DISPATCH, BUSY, WAITERS)
        else case
        for case in file.workspan.cases
    ]
    ours = msgspec.structs.replace(file.workspan, cases=cases)
    return msgspec.structs.replace(file, workspan=ours)


def upgrade_result(old: ResultFile1) -> ResultFile:
    """The file in schema 2."""
    ours, caches = old.workspan, cache_sizes(old.workspan.machine)
    of_plan = all(case.status is Status1.SKIPPED for case in ours.cases)
    file = ResultFile(
        context=old.context,
        benchmarks=old.benchmarks,
        workspan=Workspan(
            schema_version=SCHEMA_VERSION,
            run=ours.run,
            machine=ours.machine,
            build=ours.build,
            environment=ours.environment,
            cases=[upgrade_case(case, caches, of_plan=of_plan) for case in ours.cases],
            invocations=ours.invocations,
        ),
    )
    return with_subjects(file)


def upgrade_journal(old: Journal1) -> Journal:
    """The record of an invocation in schema 2."""
    return Journal(record=old.record, result=upgrade_result(old.result) if old.result else None)
