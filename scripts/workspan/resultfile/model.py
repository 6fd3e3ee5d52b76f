# SPDX-License-Identifier: Apache-2.0
"""The result file, as types: what the binary writes for one invocation, and `merge` for many. The JSON Schema is made from these.

Times are seconds, sizes bytes, rates per second, shares between 0 and 1. What could not be found out is the string "unknown".
"""

import enum
from typing import Annotated, Final, Literal

import msgspec
from msgspec import Meta

SCHEMA_VERSION: Final = 1
LARGEST: Final = 1e300  # number in a result file

Positive = Annotated[float, Meta(gt=0, le=LARGEST)]
NonNegative = Annotated[float, Meta(ge=0, le=LARGEST)]
Finite = Annotated[float, Meta(ge=-LARGEST, le=LARGEST)]
Count = Annotated[int, Meta(ge=0, le=2**63 - 1)]
Text = Annotated[str, Meta(max_length=65536)]
Word = Annotated[str, Meta(pattern=r"\A[a-z0-9_]{1,64}\Z")]
AXES: Final = (
    "input",
    "tau",
    "cpus",
    "ranks",
    "l2",
)  # further ones of a problem, in the order of a name
Axis = Annotated[str, Meta(pattern=rf"\A({'|'.join(AXES)})\Z")]
AxisValue = Annotated[str, Meta(pattern=r"\A[a-z0-9_.]{1,64}\Z")]
CASE_NAME = (
    r"\A[a-z0-9_]{1,64}/[a-z0-9_]{1,64}/n:[0-9]{1,19}"
    + "".join(f"(/{axis}:[a-z0-9_.]{{1,64}})?" for axis in AXES)
    + r"/threads:[0-9]{1,6}\Z"
)
CaseName = Annotated[str, Meta(pattern=CASE_NAME)]
CpuNumber = Annotated[str, Meta(pattern=r"\A[0-9]{1,6}\Z")]
Time = Annotated[str, Meta(pattern=r"\A[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z\Z")]
Unknown = Literal["unknown"]
Limit = NonNegative | Literal["unknown", "unlimited"]


class Struct(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A value: immutable, and no other field is accepted."""


class Status(enum.Enum):
    """How a case, or an invocation, ended."""

    OK = "ok"
    FAILED = "failed"  # wrong result, or an error of the kernel
    SKIPPED = "skipped"  # could not run here; the reason says why
    TIMEOUT = "timeout"
    CRASHED = "crashed"  # the process died: signal, abort, out of memory, no file


class GpuState(Struct, frozen=True, kw_only=True):
    """Clocks of one GPU at one moment, and why they were held down."""

    name: Text
    sm_mhz: NonNegative | Unknown = "unknown"
    throttled: list[Text] = []


class State(Struct, frozen=True, kw_only=True):
    """What disturbs measurements, at one moment. Counters count from boot (or the cgroup's birth): differences matter."""

    at: NonNegative  # seconds since the epoch
    load: NonNegative | Unknown = "unknown"  # average over a minute
    busy: NonNegative | Unknown = "unknown"  # CPU seconds of everybody, all CPUs
    steal: NonNegative | Unknown = "unknown"  # CPU seconds that the hypervisor gave to others
    busy_by_cpu: dict[CpuNumber, NonNegative] = {}  # the same for each CPU that the kernel tells of
    steal_by_cpu: dict[CpuNumber, NonNegative] = {}
    pressure_cpu: NonNegative | Unknown = "unknown"  # seconds in which something waited (PSI, some)
    pressure_memory: NonNegative | Unknown = "unknown"
    pressure_io: NonNegative | Unknown = "unknown"
    throttled_periods: Count | Unknown = "unknown"  # of the cgroup's CPU quota
    throttled_time: NonNegative | Unknown = "unknown"
    swapped_pages: Count | Unknown = "unknown"
    oom_kills: Count | Unknown = "unknown"
    gpus: list[GpuState] = []


class InvocationRecord(Struct, frozen=True, kw_only=True):
    """One process that took samples, or tried to."""

    workload: Word
    number: Annotated[int, Meta(ge=1, le=1_000_000)]  # of the invocations of this workload
    attempt: Annotated[int, Meta(ge=1, le=1000)] = (
        1  # above 1 where an earlier one was disturbed or died
    )
    status: Status
    reason: Text = ""  # why it is not ok
    case: Text = ""  # what it was measuring when it died; empty where unknown
    excluded: list[CaseName] = []  # cases left out because they had ended an earlier attempt
    arguments: list[Text]
    cpus: list[Count]
    environment: dict[str, Text] = {}  # set for this process only
    started: Time
    seconds: NonNegative
    exit_code: int | Literal["none"]  # "none" where a signal ended it
    signal: Text = ""
    stderr: Text = ""  # its last words
    peak_memory: NonNegative | Unknown
    user_seconds: NonNegative
    system_seconds: NonNegative
    voluntary_switches: Count
    involuntary_switches: Count
    before: State
    after: State
    disturbed: list[Text] = []  # why; empty where nothing was seen


class CaseInvocation(Struct, frozen=True, kw_only=True):
    """The samples of one case in one invocation, each the time of one run."""

    wall: Annotated[list[Positive], Meta(min_length=1)]
    cpu: list[NonNegative]  # all threads of the process
    iterations: Annotated[int, Meta(ge=1, le=2**63 - 1)]  # runs per sample
    round_trips: list[
        Positive
    ] = []  # of a cache line between neighbouring CPUs, probed around the samples
    sm_mhz: list[
        NonNegative | Unknown
    ] = []  # of the GPU's multiprocessors after each sample; empty where it cannot be asked
    throttled: list[list[Text]] = []  # why that clock was held down
    number: Annotated[int, Meta(ge=1, le=1_000_000)] = 1
    attempt: Annotated[int, Meta(ge=1, le=1000)] = 1
    disturbed: list[Text] = []
    counted: bool = True  # false where a later, undisturbed attempt counts instead


class Cost(Struct, frozen=True, kw_only=True):
    """The least work of one run."""

    flops: NonNegative
    bytes: NonNegative
    items: NonNegative


class Footprint(Struct, frozen=True, kw_only=True):
    """Memory: shared by all cases of a size, of one case, on the device; and of the expected result, shared too."""

    host_shared: NonNegative
    host_case: NonNegative
    device_case: NonNegative
    host_reference: NonNegative = 0

    @property
    def kernel_on_host(self) -> float:
        """What the kernel of a host variant goes through."""
        return self.host_shared + self.host_case

    @property
    def on_host(self) -> float:
        """All of it."""
        return self.kernel_on_host + self.host_reference


class Verdict(Struct, frozen=True, kw_only=True):
    """The last judgement of the output. error: worst error / tolerance."""

    ok: bool
    why: Text
    error: Finite | None = None


Interval = tuple[Finite, Finite] | Literal["none"]


class Ratio(Struct, frozen=True, kw_only=True):
    """A ratio of medians with its 95 % interval."""

    ratio: Positive
    interval: Interval


class Comparison(Struct, frozen=True, kw_only=True):
    """What a case is compared with inside its own run."""

    vs_seq: Ratio | Literal["not measured"]
    vs_1_thread: Ratio | Literal["not measured"]
    efficiency: Ratio | Literal["not measured"]
    vs_all_cores: Ratio | Literal["not measured"]
    of_ceiling: Ratio | Literal["not measured"]
    ceiling: Text  # the name of the case that is the ceiling, or empty


class Case(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """workload x variant x size x threads: one row. The fields from `time` on are there where the status is ok."""

    name: CaseName
    workload: Word
    variant: Word
    n: Count
    threads: Annotated[int, Meta(ge=1, le=999_999)]
    keys: dict[Axis, AxisValue]
    seed: Annotated[int, Meta(ge=0)]
    scope: Literal["host", "kernel", "e2e"]
    bound: Text  # the workload whose measured rate is the ceiling of this one, or empty
    status: Status
    reason: Text
    cost: Cost
    footprint: Footprint
    verdict: Verdict
    time: Positive | None = None  # median over invocations of the medians of their samples
    interval: Interval | None = None  # 95 %
    stopped: Text | None = None
    invocations: list[CaseInvocation] = []
    counters: dict[Text, Finite] = {}
    comparison: Comparison | None = None
    warnings: Annotated[list[Text], Meta(max_length=1000)]


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """A row as Google Benchmark writes it; counters are further fields."""

    name: Text
    run_name: Text
    run_type: Literal["iteration", "aggregate"]
    family_index: Count
    per_family_instance_index: Count
    repetitions: Count
    repetition_index: Count | None = None
    threads: Count
    aggregate_name: Text | None = None
    aggregate_unit: Literal["time", "percentage"] | None = None
    iterations: Count
    real_time: NonNegative
    cpu_time: NonNegative
    time_unit: Literal["ns", "us", "ms", "s"]


class ContextCache(msgspec.Struct, frozen=True, kw_only=True):
    """A cache as Google Benchmark writes it."""

    type: Text
    level: Count
    size: Count
    num_sharing: Count


class Context(msgspec.Struct, frozen=True, kw_only=True):
    """What Google Benchmark says of the machine; --benchmark_context adds fields."""

    date: Text
    host_name: Text
    executable: Text
    num_cpus: Count
    caches: list[ContextCache]
    json_schema_version: Literal[1]
    load_avg: list[NonNegative]
    library_build_type: Text
    mhz_per_cpu: Count | None = None
    cpu_scaling_enabled: bool | None = None


class Run(Struct, frozen=True, kw_only=True):
    """What was asked for, and whether it was done."""

    started: Time
    ended: Time
    complete: bool
    arguments: list[Text]
    preset: Literal["smoke", "quick", "gate", "full"]
    target: Annotated[float, Meta(gt=0, lt=1)]
    seed: Annotated[int, Meta(ge=0)]
    invocations: Annotated[int, Meta(ge=0, le=1_000_000)]  # per workload
    all_threads: Annotated[int, Meta(ge=1, le=999_999)]  # what "all" means


class Cache(Struct, frozen=True, kw_only=True):
    """One kind of cache."""

    level: Count
    type: Text
    bytes: NonNegative
    count: Count
    shared_by: Count


class Cpu(Struct, frozen=True, kw_only=True):
    """The processor as the operating system shows it."""

    model: Text
    sockets: Count | Unknown
    cores: Count | Unknown
    hardware_threads: Count | Unknown
    threads_per_core: Count | Unknown
    numa_nodes: Count | Unknown
    highest_mhz: NonNegative | Unknown
    governor: Text
    turbo: bool | Unknown
    caches: list[Cache]
    flags: list[Text]


class Limits(Struct, frozen=True, kw_only=True):
    """What of the machine this process may use."""

    allowed_cpus: list[Count]
    cpu_quota: Limit  # in CPUs
    cpuset: Text
    memory_limit: Limit
    memory_left: Limit


class Memory(Struct, frozen=True, kw_only=True):
    """Main memory."""

    bytes: NonNegative | Unknown
    available: NonNegative | Unknown
    swap: NonNegative | Unknown
    transparent_huge_pages: Text


class GpuClocks(Struct, frozen=True, kw_only=True):
    """Clocks as NVML tells them."""

    sm: NonNegative | Unknown
    sm_highest: NonNegative | Unknown
    memory: NonNegative | Unknown
    memory_highest: NonNegative | Unknown


class Gpu(Struct, frozen=True, kw_only=True):
    """A CUDA device; of several the one that kernels ran on comes first."""

    index: Count = 0  # CUDA's number
    name: Text
    bus_id: Text
    multiprocessors: Count
    compute_capability: Text
    memory: NonNegative
    l2: NonNegative
    clock_mhz: NonNegative
    memory_clock_mhz: NonNegative
    clocks_mhz: GpuClocks | None = None


class Cuda(Struct, frozen=True, kw_only=True):
    """CUDA on this machine."""

    runtime: Text
    driver: Text
    nvidia_driver: Text
    gpus: list[Gpu]
    why_none: Text


class Machine(Struct, frozen=True, kw_only=True):
    """What the machine is."""

    host: Text
    cpu: Cpu
    limits: Limits
    memory: Memory
    virtualisation: Text
    kernel: Text
    os: Text
    cuda: Cuda


class Build(Struct, frozen=True, kw_only=True):
    """How the binary was built."""

    version: Text
    git_commit: Text
    git_dirty: Text
    type: Text
    compiler: Text
    flags: Text
    cpu_features: Text
    sanitizers: Text
    cuda_compiler: Text
    cuda_architectures: Text


class Environment(Struct, frozen=True, kw_only=True):
    """What of the environment matters to parallel programs."""

    openmp_runtime: Text
    variables: dict[Text, Text]


class Workspan(Struct, frozen=True, kw_only=True):
    """All that is ours."""

    schema_version: Literal[1]
    run: Run
    machine: Machine
    build: Build
    environment: Environment
    cases: list[Case]
    invocations: list[InvocationRecord] = []  # of a merged file; empty in one invocation's own


class ResultFile(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The whole file: Google Benchmark's two parts, and ours."""

    context: Context
    benchmarks: list[Row]
    workspan: Workspan


class Journal(Struct, frozen=True, kw_only=True):
    """One immutable file of a run's folder: how an invocation went, and the result file it wrote, if it did."""

    schema_version: Literal[1] = SCHEMA_VERSION
    record: InvocationRecord
    result: ResultFile | None = None
