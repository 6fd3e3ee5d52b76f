# SPDX-License-Identifier: Apache-2.0
"""Made-up copies between host and GPU."""

from typing import Any

from sample_results import case

SIZES = (2**12, 2**20, 2**28)


def copies(variant: str, gigabytes: float, latency: float) -> list[dict[str, Any]]:
    """Three sizes of one kind: the smallest takes the latency, the largest has this rate."""
    seconds = (latency, latency + 2**20 / gigabytes / 1e9, 2**28 / gigabytes / 1e9)
    return [
        _copy(f"transfer/{variant}/n:{n}/threads:1", n, time)
        for n, time in zip(SIZES, seconds, strict=True)
    ]


def _copy(name: str, n: int, seconds: float) -> dict[str, Any]:
    return case(
        name,
        [seconds * 0.99, seconds, seconds * 1.01],
        subject="transfers",
        scope="e2e",
        ceiling="",
        rate_unit="bytes",
        cost={"flops": 0.0, "bytes": float(n), "items": float(n)},
    )
