# SPDX-License-Identifier: Apache-2.0
"""Parts of a made-up machine."""

from workspan.resultfile.machine_model import Cache


def caches(level: int, size: float) -> list[Cache]:
    """Two data caches of one core each."""
    return [Cache(level=level, type="Data", bytes=size, count=2, shared_by=1)]
