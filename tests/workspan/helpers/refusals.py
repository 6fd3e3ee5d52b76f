# SPDX-License-Identifier: Apache-2.0
"""What a reader of result files says of bytes that it refuses."""

import pytest

from workspan.resultfile.read import ReadLimits, decode_any
from workspan.support.errors import InputError


def refused(data: bytes, limits: ReadLimits | None = None) -> str:
    """The one line of the refusal, which names the file."""
    with pytest.raises(InputError) as caught:
        decode_any(data, "FILE", limits)
    line = str(caught.value)
    assert line.startswith("FILE: ")
    assert "\n" not in line
    assert len(line) < 500
    return line
