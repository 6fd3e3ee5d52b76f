# SPDX-License-Identifier: Apache-2.0
"""The example of CONTRIBUTING.md compiles: contract, host and device variants, row, line without
CUDA, and mutant. Its prose is complete, and the files that the page names are there."""

import re
import subprocess
from pathlib import Path

import pytest
import tomllib

from workspan.docs.workloads import pattern

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "CONTRIBUTING.md").read_text()
LIST_TEST = ROOT / "tests/harness/report/suite_text_test.cpp"  # what prose every contract has
HOST_GPU = ROOT / "tests/gpu/host_gpu"  # CUDA as C++ that runs on the host
CONTRACT = "harness/contracts/reverse.hpp"
BEFORE = {  # where an example's lines go in an existing file
    "harness/suite/suite.cpp": '        {.name = "triad",',
    "gpu/without_cuda.cpp": "namespace triad {",
}


def examples() -> dict[str, str]:
    """Each file of the example by its path, which is a comment above it."""
    blocks = re.findall(r"```(?:cpp|toml)\n(.*?)```", PAGE, re.S)
    parts = re.split(r"^(?://|#) (\w+/[\w/]+\.\w+)\n", "".join(blocks), flags=re.M)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


def insert(path: str, lines: str) -> str:
    """An existing file with the example's lines before those of triad."""
    text = (ROOT / path).read_text()
    assert text.count(BEFORE[path]) == 1
    return f'#include "{CONTRACT}"\n' + text.replace(BEFORE[path], lines + BEFORE[path])


def rewrite_cuda(source: Path, target: Path) -> None:
    values = [f"-DFROM={source}", f"-DTO={target}"]
    subprocess.run(["cmake", *values, "-P", HOST_GPU / "rewrite.cmake"], check=True)


def compile_example(path: str, text: str, folder: Path) -> None:
    """A source of the example, beside its contract."""
    header, source = folder / CONTRACT, folder / path
    for file in (header, source):
        file.parent.mkdir(parents=True, exist_ok=True)
    header.write_text(examples()[CONTRACT])
    source.write_text(text)
    command = ["c++", "-std=c++20", "-fopenmp", "-fsyntax-only", f"-I{folder}", f"-I{ROOT}"]
    if path.endswith(".cu"):
        for shared in (ROOT / "gpu").glob("*.cuh"):
            rewrite_cuda(shared, folder / "gpu" / shared.name)
        rewrite_cuda(source, source.with_suffix(".cpp"))
        command, source = [*command, "-w", f"-I{HOST_GPU}"], source.with_suffix(".cpp")
    compiled = subprocess.run([*command, str(source)], capture_output=True, text=True, check=False)
    assert compiled.returncode == 0, compiled.stderr


@pytest.mark.parametrize("path", ["cpu/reverse.cpp", "gpu/reverse.cu", *BEFORE])
def test_the_example_compiles(path: str, tmp_path: Path) -> None:
    text = examples()[path]
    compile_example(path, insert(path, text) if path in BEFORE else text, tmp_path)


def test_the_mutant_of_the_example_compiles(tmp_path: Path) -> None:
    (mutant,) = tomllib.loads(examples()["tests/contracts/mutants/reverse.toml"])["mutant"]
    kernel = examples()["cpu/reverse.cpp"]
    assert kernel.count(mutant["find"]) == 1
    compile_example("cpu/reverse.cpp", kernel.replace(mutant["find"], mutant["replace"]), tmp_path)


def test_the_prose_of_the_example_is_as_complete_as_that_of_every_contract() -> None:
    comment = examples()[CONTRACT].partition("#pragma once")[0]
    lines = [line.removeprefix("//").strip() for line in comment.splitlines()[1:]]
    said = " ".join(lines).strip()
    test = LIST_TEST.read_text()
    (length,) = re.findall(r"EXPECT_GT\(comment\.size\(\), (\d+)U\)", test)
    (words,) = re.findall(r"for \(const char\* word : \{(.*?)\}\)", test)
    assert said.startswith("reverse:")
    assert len(said) > int(length)
    for word in re.findall(r'"(.*?)"', words):
        assert word in said
    assert pattern(lines) == "map"


def named_files() -> list[str]:
    """The paths of CONTRIBUTING.md, apart from those of its examples."""
    prose = re.sub(r"```.*?```", "", PAGE, flags=re.S)
    paths = re.findall(r"`([\w.-]+(?:/[\w.-]+)*\.(?:cpp|hpp|cu|cuh|py|md|txt))`", prose)
    return sorted({path for path in paths if "reverse" not in path and "history" not in path})


@pytest.mark.parametrize("path", named_files())
def test_a_file_that_contributing_names_is_there(path: str) -> None:
    folders = [ROOT, *(ROOT / folder for folder in ("harness", "scripts/workspan", "tests"))]
    assert any((folder / path).exists() for folder in folders)
