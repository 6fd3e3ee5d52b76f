# SPDX-License-Identifier: Apache-2.0
"""The presets, which say how much is measured, and the default limit of memory."""

from typing import Final, Literal, get_args

Preset = Literal["smoke", "quick", "gate", "full", "concurrency", "scaling"]
PRESETS: Final[tuple[Preset, ...]] = get_args(Preset)
MEMORY_SHARE: Final = 0.9  # of the memory left: the default limit of a process


def bench_preset(preset: Preset) -> Preset:
    """The preset of the binary: gate measures the cases of quick, in more invocations."""
    return "quick" if preset == "gate" else preset
