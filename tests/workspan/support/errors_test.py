# SPDX-License-Identifier: Apache-2.0
"""Errors and their exit codes; warnings."""

import pytest

from workspan.support.errors import (
    Exit,
    InputError,
    NothingError,
    StoppedError,
    UsageError,
    WorkspanError,
    warn,
)


@pytest.mark.parametrize(
    ("error", "code"),
    [(WorkspanError, 2), (UsageError, 2), (NothingError, 3), (StoppedError, 130)],
)
def test_each_error_has_its_exit_code(error: type[WorkspanError], code: int) -> None:
    assert error("x").code == Exit(code)


def test_an_input_error_names_file_place_and_rule() -> None:
    error = InputError("a.json", "$.x", "is missing")
    assert (str(error), error.code) == ("a.json: $.x: is missing", Exit.USAGE)
    assert str(InputError("a.json", "", "is missing")) == "a.json: is missing"


def test_a_warning_is_one_line_on_stderr(capsys: pytest.CaptureFixture[str]) -> None:
    warn("a\nb")
    assert tuple(capsys.readouterr()) == ("", "workspan: a<U+000A>b\n")
