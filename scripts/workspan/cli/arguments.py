# SPDX-License-Identifier: Apache-2.0
"""Times and amounts of memory as a person writes them."""

import re

from workspan.support.errors import UsageError

_SECONDS = {"": 1.0, "ms": 1e-3, "s": 1.0, "m": 60.0, "min": 60.0, "h": 3600.0}
_BYTES = {
    "": 1,
    "k": 10**3,
    "m": 10**6,
    "g": 10**9,
    "t": 10**12,
    "ki": 2**10,
    "mi": 2**20,
    "gi": 2**30,
    "ti": 2**40,
}


def parse_seconds(text: str, option: str) -> float:
    """90, 90s, 1.5m, 2h, 500ms; above 0. Raises UsageError that names the option."""
    match = re.fullmatch(r"\s*([0-9]{1,9}(?:\.[0-9]{1,9})?)\s*([a-z]*)\s*", text)
    value = float(match[1]) * _SECONDS.get(match[2], 0.0) if match else 0.0
    if not 0 < value <= 1e9:
        raise UsageError(f"{option}: '{text}' is no time; write for example 90s, 5m or 2h")
    return value


def parse_bytes(text: str, option: str) -> int:
    """300M, 2GB, 1.5GiB (k, M, G, T: powers of 1000); above 0. Raises UsageError that names the option."""
    match = re.fullmatch(r"\s*([0-9]{1,18}(?:\.[0-9]{1,9})?)\s*([kmgt]?i?)b?\s*", text.lower())
    value = round(float(match[1]) * _BYTES.get(match[2], 0)) if match else 0
    if not 0 < value < 2**63:
        raise UsageError(
            f"{option}: '{text}' is no amount of memory; write for example 300M, 2GB or 1.5GiB"
        )
    return value
