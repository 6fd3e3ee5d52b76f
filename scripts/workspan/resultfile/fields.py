# SPDX-License-Identifier: Apache-2.0
"""The kinds of fields in a result file: bounded numbers, bounded texts, words and times."""

from typing import Annotated, Final, Literal

import msgspec
from msgspec import Meta

from workspan.resultfile.names import AXES, CASE_NAME

LARGEST: Final = 1e300  # number in a result file

Positive = Annotated[float, Meta(gt=0, le=LARGEST)]
NonNegative = Annotated[float, Meta(ge=0, le=LARGEST)]
Finite = Annotated[float, Meta(ge=-LARGEST, le=LARGEST)]
Count = Annotated[int, Meta(ge=0, le=2**63 - 1)]
Seed = Annotated[int, Meta(ge=0)]
Ordinal = Annotated[int, Meta(ge=1, le=1_000_000)]  # of an invocation
AttemptNumber = Annotated[int, Meta(ge=1, le=1000)]  # at an invocation
ThreadCount = Annotated[int, Meta(ge=1, le=999_999)]
Text = Annotated[str, Meta(max_length=65536)]
Word = Annotated[str, Meta(pattern=r"\A[a-z0-9_]{1,64}\Z")]
Axis = Annotated[str, Meta(pattern=rf"\A({'|'.join(AXES)})\Z")]
AxisValue = Annotated[str, Meta(pattern=r"\A[a-z0-9_.]{1,64}\Z")]
CaseName = Annotated[str, Meta(pattern=CASE_NAME)]
CpuNumber = Annotated[str, Meta(pattern=r"\A[0-9]{1,6}\Z")]
Time = Annotated[str, Meta(pattern=r"\A[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z\Z")]
Unknown = Literal["unknown"]
Limit = NonNegative | Literal["unknown", "unlimited"]
Interval = tuple[Finite, Finite] | Literal["none"]


class Struct(msgspec.Struct, frozen=True, forbid_unknown_fields=True, gc=False):
    """An immutable value; unknown fields are refused. What JSON holds has no cycles, so the
    collector need not look for any.
    """
