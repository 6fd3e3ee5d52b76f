# SPDX-License-Identifier: Apache-2.0
"""The types of a result file that are Google Benchmark's: its context and its rows."""

from typing import Literal

import msgspec

from workspan.resultfile.fields import Count, NonNegative, Text


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
    """Google Benchmark's description of the machine; --benchmark_context adds fields."""

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
