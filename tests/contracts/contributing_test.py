# SPDX-License-Identifier: Apache-2.0
"""The example of CONTRIBUTING.md compiles: contract, host variants, row, and line without CUDA."""

import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
CONTRACT = "harness/contracts/reverse.hpp"
BEFORE = {  # where an example's lines go in an existing file
    "harness/suite.cpp": '        {.name = "triad",',
    "gpu/without_cuda.cpp": "namespace triad {",
}


def examples() -> dict[str, str]:
    """Each file of the example by its path, which is a comment above it."""
    block = re.search(r"```cpp\n(.*?)```", (ROOT / "CONTRIBUTING.md").read_text(), re.S)
    assert block
    parts = re.split(r"^// (\w+/[\w/]+\.\w+)\n", block.group(1), flags=re.M)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


def insert(path: str, lines: str) -> str:
    """An existing file with the example's lines before those of triad."""
    text = (ROOT / path).read_text()
    assert text.count(BEFORE[path]) == 1
    return f'#include "{CONTRACT}"\n' + text.replace(BEFORE[path], lines + BEFORE[path])


@pytest.mark.parametrize("path", ["cpu/reverse.cpp", *BEFORE])
def test_the_example_compiles(path: str, tmp_path: Path) -> None:
    shown = examples()
    header, source = tmp_path / CONTRACT, tmp_path / path
    for file in (header, source):
        file.parent.mkdir(parents=True, exist_ok=True)
    header.write_text(shown[CONTRACT])
    source.write_text(insert(path, shown[path]) if path in BEFORE else shown[path])
    command = ["c++", "-std=c++20", "-fopenmp", "-fsyntax-only", f"-I{tmp_path}", f"-I{ROOT}"]
    compiled = subprocess.run([*command, str(source)], capture_output=True, text=True, check=False)
    assert compiled.returncode == 0, compiled.stderr
