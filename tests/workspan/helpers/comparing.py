# SPDX-License-Identifier: Apache-2.0
"""Made-up measurements for tests of comparisons: noise between invocations and within them."""

import os
from collections.abc import Callable, Mapping
from typing import Any

import msgspec
import numpy as np
from sample_results import case, tree

from workspan.compare.cases import Report, compare_cases
from workspan.compare.series import Series
from workspan.compare.verdict import Thresholds
from workspan.resultfile.encode import encode_result
from workspan.resultfile.model import ResultFile, Status

NAME = "fma/seq/n:8/threads:1"
NAMES = (NAME, "fma/omp/n:8/threads:2", "histogram/seq/n:8/input:zipf/threads:1")
RunCompare = Callable[..., tuple[int, str, str]]  # `workspan compare`: exit code, stdout, stderr
SCALE = 10 if os.environ.get("WORKSPAN_LONG") else 1
WITHIN, SAMPLES = 0.01, 12


def times(
    rng: np.random.Generator, invocations: int, between: float = 0.015, time: float = 1e-3
) -> tuple[np.ndarray, ...]:
    """Invocations that differ by normal noise; their samples are only ever slowed down."""
    level = rng.normal(0, between, (invocations, 1))
    return tuple(time * np.exp(level + np.abs(rng.normal(0, WITHIN, (invocations, SAMPLES)))))


def series(
    name: str, samples: tuple[np.ndarray, ...] | list[list[float]], **changed: Any
) -> Series:
    """A case with status ok."""
    arrays = tuple(np.asarray(s, dtype=np.float64) for s in samples)
    numbers = tuple(range(1, len(arrays) + 1))
    return Series(name, arrays, numbers, name.partition("/")[0], **changed)


def compare_one(
    old: list[list[float]], new: list[list[float]], thresholds: Thresholds | None = None
) -> Report:
    """One case, by the samples of each invocation in seconds."""
    return compare_cases([series(NAME, old)], [series(NAME, new)], thresholds)


def series_without_times(status: Status, reason: str = "why", name: str = NAME) -> Series:
    """A case that was not measured."""
    return Series(name, status=status, reason=reason)


def suite(
    rng: np.random.Generator,
    invocations: int,
    between: float = 0.015,
    slowed: Mapping[int, float] | None = None,
) -> list[Series]:
    """Fifty cases, some slowed by a factor."""
    return [
        series(
            f"w{i}/seq/n:8/threads:1",
            times(rng, invocations, between, 1e-3 * (slowed or {}).get(i, 1)),
        )
        for i in range(50)
    ]


def file_of(cases: Mapping[str, list[list[float]]], **run: Any) -> ResultFile:
    """A merged file, from the samples of each case's invocations in seconds."""
    found = []
    for name, samples in cases.items():
        one = case(name, [float(np.median([np.median(s) for s in samples]))])
        template = one["invocations"][0]
        threads = one["threads"]
        one["invocations"] = [
            template | {"wall": s, "cpu": [t * threads for t in s], "number": k}
            for k, s in enumerate(samples, 1)
        ]
        found.append(one)
    whole = tree(found)
    whole["workspan"]["run"] |= {"invocations": max(len(s) for s in cases.values())} | run
    return msgspec.convert(whole, ResultFile)


def encoded(file: ResultFile) -> bytes:
    """Its bytes, with the rows that Google Benchmark's tools read."""
    return encode_result(file)


def steady(time: float, invocations: int = 10, noise: float = 0.0011) -> list[list[float]]:
    """Invocations that differ slightly, in a fixed order."""
    return [
        [time * (1 + noise * ((7 * k) % invocations - (invocations - 1) / 2))] * 3
        for k in range(invocations)
    ]


def result_of(*times: float, invocations: int = 10, **run: Any) -> ResultFile:
    """A file whose cases NAMES take these times."""
    return file_of(
        {name: steady(t, invocations) for name, t in zip(NAMES, times, strict=False)}, **run
    )


def on(file: ResultFile, path: str, value: Any) -> ResultFile:
    """The file with one field replaced, named like machine.cpu.model."""

    def change(part: Any, keys: list[str]) -> Any:
        below = change(getattr(part, keys[0]), keys[1:]) if len(keys) > 1 else value
        return msgspec.structs.replace(part, **{keys[0]: below})

    return change(file, ["workspan", *path.split(".")])  # type: ignore[no-any-return]
