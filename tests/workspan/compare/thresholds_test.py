# SPDX-License-Identifier: Apache-2.0
"""The default thresholds: one source for the judgements and for the help."""

import pytest

from workspan.cli.app import invoke
from workspan.compare.reference_band import Bands
from workspan.compare.thresholds import CHANGE, DRIFTING, USUAL, format_percent
from workspan.compare.verdict import Thresholds


def test_shares_in_words() -> None:
    assert (format_percent(0.03), format_percent(0.025)) == ("3 %", "2.5 %")


def test_they_are_the_defaults_of_the_judgements() -> None:
    assert Thresholds().change == CHANGE == 0.03
    assert (Bands().usual, Bands().drifting) == (USUAL, DRIFTING) == (0.10, 0.25)


@pytest.mark.parametrize(
    ("command", "words"),
    [
        ("compare", "normal within 10 %, or 25 % for times known to drift"),
        ("compare", "3% or 0.03. Default: 3 %; --reference has its own."),
        ("ab", "Smallest change, as estimated, that counts. Default: 3 %."),
    ],
)
def test_the_help_quotes_them(
    command: str,
    words: str,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("COLUMNS", "1000")
    assert invoke([command, "--help"]) == 0
    assert words in capsys.readouterr().out
