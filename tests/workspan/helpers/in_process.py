# SPDX-License-Identifier: Apache-2.0
"""The command `workspan` in this process, which saves the start of a Python for each command."""

import contextlib
import io
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from unittest import mock

from workspan.cli.app import invoke
from workspan.running import invocation


def run_in_process(
    words: Sequence[str], folder: Path, variables: Mapping[str, str]
) -> subprocess.CompletedProcess[str]:
    """Runs one command line in a folder; other load on this machine is not a disturbance."""
    out, errors, before = io.StringIO(), io.StringIO(), Path.cwd()
    with (
        mock.patch.dict(os.environ, {"COLUMNS": "200", **variables}),
        mock.patch.object(sys, "argv", ["workspan", *words]),
        mock.patch.object(invocation, "disturbances", lambda *_: []),
        contextlib.redirect_stdout(out),
        contextlib.redirect_stderr(errors),
    ):
        os.chdir(folder)
        try:
            code = invoke(words)
        finally:
            os.chdir(before)
    return subprocess.CompletedProcess([*words], code, out.getvalue(), errors.getvalue())
