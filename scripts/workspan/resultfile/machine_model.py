# SPDX-License-Identifier: Apache-2.0
"""The types of a result file that describe the machine, the build and disturbances.

Times are in seconds, sizes in bytes. Anything that cannot be determined is the string "unknown".
"""

from msgspec import field

from workspan.resultfile.fields import Count, CpuNumber, Limit, NonNegative, Struct, Text, Unknown


class GpuState(Struct, frozen=True, kw_only=True):
    """The clock of one GPU at one moment, and why it was throttled."""

    name: Text
    sm_mhz: NonNegative | Unknown = "unknown"
    throttled: list[Text] = field(default_factory=list)


class State(Struct, frozen=True, kw_only=True):
    """Sources of disturbance at one moment. Counters start at boot, or with the cgroup:
    only differences matter.
    """

    at: NonNegative  # seconds since the epoch
    load: NonNegative | Unknown = "unknown"  # average over a minute
    busy: NonNegative | Unknown = "unknown"  # CPU seconds of all processes, over all CPUs
    steal: NonNegative | Unknown = "unknown"  # CPU seconds the hypervisor gave to other guests
    busy_by_cpu: dict[CpuNumber, NonNegative] = field(default_factory=dict)  # the same per CPU
    steal_by_cpu: dict[CpuNumber, NonNegative] = field(default_factory=dict)
    pressure_cpu: NonNegative | Unknown = "unknown"  # seconds with a task waiting (PSI, some)
    pressure_memory: NonNegative | Unknown = "unknown"
    pressure_io: NonNegative | Unknown = "unknown"
    throttled_periods: Count | Unknown = "unknown"  # of the cgroup's CPU quota
    throttled_time: NonNegative | Unknown = "unknown"
    swapped_pages: Count | Unknown = "unknown"
    oom_kills: Count | Unknown = "unknown"
    gpus: list[GpuState] = field(default_factory=list)


class Cache(Struct, frozen=True, kw_only=True):
    """One kind of cache."""

    level: Count
    type: Text
    bytes: NonNegative
    count: Count
    shared_by: Count


class CpuPair(Struct, frozen=True, kw_only=True):
    """Two CPUs that computed at once: what each had left of its rate alone, added."""

    first: Count
    second: Count
    gain: NonNegative  # 2: two cores, 1: one; core_pairs.py judges it


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
    pairs: list[CpuPair] = field(default_factory=list)  # of the first CPU; empty: not measured

    def cache_bytes(self, level: int) -> float:
        """The smallest data or unified cache of this level, if cores differ; 0: unknown."""
        kinds = ("Data", "Unified")
        sizes = [c.bytes for c in self.caches if c.level == level and c.type in kinds]
        return min(sizes, default=0)


class Limits(Struct, frozen=True, kw_only=True):
    """The part of the machine that this process may use."""

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
    """Clocks as reported by NVML."""

    sm: NonNegative | Unknown
    sm_highest: NonNegative | Unknown
    memory: NonNegative | Unknown
    memory_highest: NonNegative | Unknown


class Gpu(Struct, frozen=True, kw_only=True):
    """A CUDA device; the one that ran the kernels comes first."""

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
    """The machine: processor, limits, memory, system and GPUs."""

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

    def short_commit(self, digits: int = 12) -> str:
        """The commit, and whether the source differed from it."""
        changes = " with uncommitted changes" if self.git_dirty == "yes" else ""
        return self.git_commit[:digits] + changes


class Environment(Struct, frozen=True, kw_only=True):
    """The OpenMP runtime, and the environment variables that affect parallel programs."""

    openmp_runtime: Text
    openmp_spin: Text = "unknown"  # how long idle threads of a team spin
    variables: dict[Text, Text]
