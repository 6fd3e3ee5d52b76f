# SPDX-License-Identifier: Apache-2.0
"""What the binary says it is doing: one line of JSON in its --progress-file, written over and over."""

from pathlib import Path

import msgspec

from workspan.resultfile.model import CaseName, Count, NonNegative

_LONGEST = 4096  # bytes


class Standing(msgspec.Struct, frozen=True, kw_only=True):
    """The case that is being prepared or measured, its position among all, and the seconds that are left."""

    case: CaseName
    position: Count
    cases: Count
    left: NonNegative


_decoder = msgspec.json.Decoder(Standing)


def read_standing(path: Path) -> Standing | None:
    """None where nothing is there yet, or only half of it."""
    try:
        with path.open("rb") as file:
            return _decoder.decode(file.read(_LONGEST).strip(b" \n\0"))
    except (OSError, msgspec.DecodeError):
        return None
