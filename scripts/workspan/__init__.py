# SPDX-License-Identifier: Apache-2.0
"""Runs, judges and compares the measurements of the Workspan benchmark suite.

`load` returns a result file as a pandas DataFrame.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from workspan.report.frame import load as load

__version__ = "0.1.0"
__all__ = ["__version__", "load"]


def __getattr__(name: str) -> object:
    """Imports pandas only if it is needed."""
    if name == "load":
        from workspan.report.frame import load

        return load
    raise AttributeError(name)
