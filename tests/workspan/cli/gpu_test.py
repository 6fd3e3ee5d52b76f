# SPDX-License-Identifier: Apache-2.0
"""`workspan gpu`: exit codes of a run with good, failed and no kernels."""

from pathlib import Path

import pytest
from sample_results import case, encoded

from workspan.cli.app import invoke

KERNEL = "copy/cuda/n:1024/threads:1"


@pytest.mark.parametrize(
    ("cases", "code", "words"),
    [
        ([case(KERNEL, [1e-6], scope="kernel")], 0, ""),
        ([case("copy/seq/n:1024/threads:1", [1e-6])], 3, "no CUDA kernel in "),
    ],
)
def test_exit_codes(
    cases: list[dict[str, object]],
    code: int,
    words: str,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    file = tmp_path / "result.json"
    file.write_bytes(encoded(cases))
    assert invoke(["gpu", str(file)]) == code
    out, errors = capsys.readouterr()
    assert words in errors
    assert ("copy" in out) == (code == 0)
