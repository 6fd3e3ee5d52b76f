# SPDX-License-Identifier: Apache-2.0
"""Times and sizes on the command line."""

import pytest

from workspan.cli.arguments import parse_bytes, parse_seconds
from workspan.support.errors import UsageError


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("90", 90),
        ("90s", 90),
        ("1.5m", 90),
        ("2 h", 7200),
        ("500ms", 0.5),
        ("0", None),
        ("-1s", None),
        ("1y", None),
        ("", None),
    ],
)
def test_times(text: str, value: float | None) -> None:
    if value is not None:
        assert parse_seconds(text, "--x") == value
    else:
        with pytest.raises(UsageError, match=f"--x: '{text}'"):
            parse_seconds(text, "--x")


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("300M", 3e8),
        ("2GB", 2e9),
        ("1.5GiB", 1.5 * 2**30),
        ("4096", 4096),
        ("0", None),
        ("1X", None),
        ("9" * 40, None),
    ],
)
def test_sizes(text: str, value: float | None) -> None:
    if value is not None:
        assert parse_bytes(text, "--x") == value
    else:
        with pytest.raises(UsageError):
            parse_bytes(text, "--x")
