# SPDX-License-Identifier: Apache-2.0
"""The cyclic garbage collector at rest while many values are made that stay: it would look at all
of them again and again, for as long as the work itself takes.
"""

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def collector_at_rest() -> Iterator[None]:
    """Nothing is lost: what is garbage by then is collected afterwards, with the oldest values."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.freeze()
            gc.unfreeze()  # into the oldest generation, at which the collector looks last
            gc.enable()
