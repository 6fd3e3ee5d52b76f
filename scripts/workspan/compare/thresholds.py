# SPDX-License-Identifier: Apache-2.0
"""The default thresholds of comparisons; a module without imports, since help texts quote them."""

from typing import Final

CHANGE: Final = 0.03  # the smallest relative change of time that counts
USUAL: Final = 0.10  # the largest relative difference from a reference of a normal time
DRIFTING: Final = 0.25  # the same for times that are known to drift


def format_percent(share: float) -> str:
    """3 %, 2.5 %."""
    return f"{share * 100:.3g} %"
