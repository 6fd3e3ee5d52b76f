# SPDX-License-Identifier: Apache-2.0
"""Checks are trusted because they catch mistakes.

Each mutant here is a kernel with one mistake, which its workload's check must catch. A copy of the
kernel's source or header is patched, compiled with -O1 and linked into mutant_check in place of the
original; a kernel of gpu/ as C++ into host_gpu_check.
"""

import functools
import json
import os
import re
import shlex
import subprocess
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import pytest
import tomllib

ROOT = Path(__file__).resolve().parents[3]
BUILD = Path(os.environ.get("BENCH", ROOT / "build/release/bench")).parent
LONG = os.environ.get("WORKSPAN_LONG") == "1"
CHECK, DEVICE_CHECK = "tests/mutant_check", "tests/host_gpu_check"
REWRITE = ROOT / "tests/gpu/host_gpu/rewrite.cmake"


@dataclass(frozen=True)
class Mutant:
    workload: str
    file: str
    what: str
    find: str
    replace: str
    first: bool  # of its workload: the default run keeps these
    # A predefined macro without which the patched line is not compiled, or is correct.
    needs: str = ""
    compiled: str = ""  # the source that includes `file`, if that is a header and not the kernel's

    def __str__(self) -> str:
        return f"{self.workload}: {self.what}"

    @property
    def of_library(self) -> bool:
        return self.file.startswith("cpu/with_")

    @property
    def on_device(self) -> bool:
        return self.file.endswith(".cu")


def read(path: Path) -> list[Mutant]:
    """The mutants of one workload."""
    defaults = {"file": f"cpu/{path.stem}.cpp"}
    entries = tomllib.loads(path.read_text())["mutant"]
    return [
        Mutant(workload=path.stem, first=k == 0, **(defaults | entry))
        for k, entry in enumerate(entries)
    ]


FILES = sorted((ROOT / "tests/contracts/mutants").glob("*.toml"))
MUTANTS = [mutant for file in FILES for mutant in read(file)]
SELECTION = [mutant for mutant in MUTANTS if LONG or mutant.first]


def command_of(file: Path, program: str = "") -> list[str]:
    """The build's compile command of a file, for that program if it is part of several."""
    commands = json.loads((BUILD / "compile_commands.json").read_text())
    (words,) = [
        shlex.split(c["command"])
        for c in commands
        if c["file"] == str(file) and f"{program}.dir/" in c["command"]
    ]
    return words


def compile_command(mutant: Mutant, folder: Path, target: Path) -> list[str]:
    """The build's compile command, with the files in `folder` first, -O1 and no -Werror."""
    if mutant.on_device:
        source = rewritten(mutant.file, folder)
        of_build = BUILD / "tests/rewritten" / source.relative_to(folder / "rewritten")
        words = command_of(of_build, Path(DEVICE_CHECK).name)
    else:
        kernel = mutant.file if mutant.file.endswith(".cpp") else f"cpu/{mutant.workload}.cpp"
        kernel = mutant.compiled or kernel
        source = folder / kernel if (folder / kernel).exists() else ROOT / kernel
        words = command_of(ROOT / kernel)
    words[words.index("-o") + 1], words[words.index("-c") + 1] = str(target), str(source)
    words.insert(words.index("-o"), f"-I{folder}")
    words.append(words.pop(words.index(f"-I{ROOT}")))  # searched after it
    return [{"-O3": "-O1"}.get(word, word) for word in words if word != "-Werror"]


def rewritten(kernel: str, folder: Path) -> Path:
    """The copy in `folder` of a kernel of gpu/, as C++."""
    to = (folder / "rewritten" / kernel).with_suffix(".cpp")
    to.parent.mkdir(parents=True)
    command = ["cmake", "-D", f"FROM={kernel}", "-D", f"TO={to}", "-P", REWRITE]
    subprocess.run(command, cwd=folder, check=True, capture_output=True, text=True)
    return to


@functools.cache
def macros() -> str:
    """The macros that the compiler predefines for the CPU of the kernels."""
    words = command_of(ROOT / "cpu/copy.cpp")
    arch = [word for word in words if word.startswith("-march=")]
    return subprocess.run(
        [words[0], *arch, "-dM", "-E", "-x", "c++", "/dev/null"],
        capture_output=True,
        text=True,
        check=True,
    ).stdout


def link_command(check: str, target: Path, program: Path) -> str:
    """The build's link command of a check, one object file before its own and the library's."""
    commands = subprocess.run(
        ["ninja", "-C", BUILD, "-t", "commands", check], capture_output=True, text=True, check=True
    ).stdout
    link = commands.splitlines()[-1]
    assert link.count(f" -o {check} ") == 1, link
    before, objects = link.split(" tests/CMakeFiles/", maxsplit=1)
    link = f"{before} {shlex.quote(str(target))} tests/CMakeFiles/{objects}"
    return link.replace(f" -o {check} ", f" -o {shlex.quote(str(program))} ")


def judge(mutant: Mutant, folder: Path) -> subprocess.CompletedProcess[str]:
    """The verdict of mutant_check on a mutant: exit code 1 if it is caught."""
    text = (ROOT / mutant.file).read_text()
    assert text.count(mutant.find) == 1, f"occurs {text.count(mutant.find)} times: {mutant.find}"
    source, target, program = folder / mutant.file, folder / "mutant.o", folder / "check"
    source.parent.mkdir(parents=True)
    source.write_text(text.replace(mutant.find, mutant.replace))
    subprocess.run(
        compile_command(mutant, folder, target),
        cwd=BUILD,
        check=True,
        capture_output=True,
        text=True,
    )
    subprocess.run(
        link_command(DEVICE_CHECK if mutant.on_device else CHECK, target, program),
        cwd=BUILD,
        check=True,
        capture_output=True,
        text=True,
        shell=True,
    )
    passive = os.environ | {
        "OMP_WAIT_POLICY": "passive"
    }  # larger teams than the machine would spin against each other
    return subprocess.run(
        [program, mutant.workload], capture_output=True, text=True, timeout=300, env=passive
    )


@pytest.fixture(scope="session")
def verdicts(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> dict[Mutant, Future]:
    """The verdicts on all collected mutants, computed in parallel on all CPUs."""
    pool, folder = (
        ThreadPoolExecutor(len(os.sched_getaffinity(0))),
        tmp_path_factory.mktemp("mutants"),
    )
    mutants = [
        item.callspec.params["mutant"]
        for item in request.session.items
        if hasattr(item, "callspec")
    ]
    return {mutant: pool.submit(judge, mutant, folder / str(k)) for k, mutant in enumerate(mutants)}


@pytest.mark.parametrize("mutant", SELECTION, ids=str)
def test_mutant_is_caught(mutant: Mutant, verdicts: dict[Mutant, Future]) -> None:
    if f"#define {mutant.needs}" not in macros():
        pytest.skip(f"the kernels are built for a CPU without {mutant.needs}")
    if mutant.of_library and mutant.file not in (BUILD / "compile_commands.json").read_text():
        pytest.skip(f"{mutant.file} is not in this build")
    try:
        verdict = verdicts[mutant].result()
    except subprocess.CalledProcessError as error:
        pytest.fail(f"it does not compile:\n{error.stderr}")
    text = verdict.stdout + verdict.stderr
    if verdict.returncode == 0 and mutant.of_library and "all right, without" in text:
        pytest.skip(text)
    assert verdict.returncode == 1, f"exit code {verdict.returncode}: {text}"
    assert verdict.stdout.startswith("caught: "), verdict.stdout


@pytest.mark.parametrize("mutant", MUTANTS, ids=str)
def test_mutant_has_its_place(mutant: Mutant) -> None:
    """Of all of them, also those that only the long run builds."""
    assert (ROOT / mutant.file).read_text().count(mutant.find) == 1


def test_a_copy_without_a_mistake_is_right(tmp_path: Path) -> None:
    verdict = judge(
        Mutant("histogram", "cpu/histogram.cpp", "", "#include <array>", "#include <array>", True),
        tmp_path / "copy",
    )
    assert (verdict.returncode, verdict.stdout) == (0, "all right\n")


def test_every_workload_has_mutants_of_several_kinds() -> None:
    lists = re.findall(
        r"set\((?:HOST_|DEVICE_)?WORKLOADS([^)]*)\)", (ROOT / "CMakeLists.txt").read_text()
    )
    workloads = " ".join(lists).split()
    for workload in workloads:
        mutants = [mutant for mutant in MUTANTS if mutant.workload == workload]
        assert len({mutant.what for mutant in mutants}) >= 5, workload
    assert {file.stem for file in FILES} <= set(workloads)
