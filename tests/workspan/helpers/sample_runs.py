# SPDX-License-Identifier: Apache-2.0
"""The manifest of a small run: copy with omp on CPU 0."""

from typing import Any

from sample_results import planned, result

from workspan.running.manifest import Manifest, Options

SEQ, OMP = "copy/seq/n:8/threads:1", "copy/omp/n:8/threads:1"


def manifest(names: tuple[str, ...] = (OMP,), **changes: Any) -> Manifest:
    """A manifest with these planned cases; changes: other fields."""
    fields: dict[str, Any] = {
        "started": "2026-01-02T03:04:05Z",
        "arguments": ["workspan", "run"],
        "options": Options(),
        "bench": "bench",
        "sha256": "0" * 64,
        "cpus": [0],
        "memory_limit": None,
        "plan": result([planned(name) for name in names]),
        "workloads": list(dict.fromkeys(name.split("/")[0] for name in names)),
    }
    return Manifest(**(fields | changes))
