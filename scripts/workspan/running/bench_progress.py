# SPDX-License-Identifier: Apache-2.0
"""Progress of the binary: the one line of JSON that it keeps rewriting in its --progress-file."""

from pathlib import Path

import msgspec

from workspan.resultfile.model import CaseName, Count, NonNegative

_MAX_BYTES = 4096


class BenchProgress(msgspec.Struct, frozen=True, kw_only=True):
    """The current case, its position among all cases, and the estimated seconds left."""

    case: CaseName
    position: Count
    cases: Count
    left: NonNegative


_decoder = msgspec.json.Decoder(BenchProgress)


def read_bench_progress(path: Path) -> BenchProgress | None:
    """None if the file is missing or only half written."""
    try:
        with path.open("rb") as file:
            return _decoder.decode(file.read(_MAX_BYTES).strip(b" \n\0"))
    except (OSError, msgspec.DecodeError):
        return None
