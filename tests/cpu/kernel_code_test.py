# SPDX-License-Identifier: Apache-2.0
"""What the compiler makes of kernels, if it decides what is measured. BENCH names the binary."""

import os
import platform
import re
import shutil
import struct
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
BENCH = Path(os.environ["BENCH"])

HIGHEST_CLOCK = 6.5e9  # Hz, of any CPU
LEAST_CYCLES = 3  # of a step: a multiplication and an addition, each after the one before


@pytest.mark.parametrize("compiler", ["c++", "clang++-14"])
def test_each_step_of_busy_is_computed(compiler: str, tmp_path: Path) -> None:
    """A compiler that knows the constants of the step folds several into one, as clang does.

    Other work on the machine makes the steps longer, never shorter.
    """
    if shutil.which(compiler) is None:
        pytest.skip(f"no {compiler}")
    sources = [ROOT / "tests/programs/busy_steps.cpp", ROOT / "cpu/busy.cpp"]
    flags = ["-std=c++20", "-O3", f"-I{ROOT}", "-o", tmp_path / "steps"]
    native = ["-march=native"] if platform.machine() == "x86_64" else []
    subprocess.run([compiler, *flags, *native, *sources, "-pthread"], check=True)
    took = float(subprocess.run([tmp_path / "steps"], capture_output=True, check=True).stdout)
    assert took >= 2**24 * LEAST_CYCLES / HIGHEST_CLOCK


def test_threads_carry_little_memory_of_their_own() -> None:
    """Each new thread clears the thread-local variables: 40 kB made all threads 26 % dearer."""
    elf = BENCH.read_bytes()
    assert elf[:5] == b"\x7fELF\x02"
    (table,) = struct.unpack_from("<Q", elf, 32)
    size, number = struct.unpack_from("<HH", elf, 54)
    thread_local = 7
    found = [
        struct.unpack_from("<Q", elf, table + k * size + 40)[0]  # the size in memory
        for k in range(number)
        if struct.unpack_from("<I", elf, table + k * size)[0] == thread_local
    ]
    assert len(found) == 1
    assert found[0] < 16384  # CUDA's runtime brings 8 KiB, our code some 300 bytes


def test_libraries_of_gpus_are_loaded_when_they_are_needed() -> None:
    """Mapped by every process, CUDA's make a thread 4 times and a fork 20 times as dear."""
    if shutil.which("readelf") is None:
        pytest.skip("no readelf")
    section = subprocess.run(["readelf", "-d", BENCH], capture_output=True, text=True, check=True)
    needed = re.findall(r"NEEDED.*\[(.+?)\]", section.stdout)
    assert "libc.so.6" in needed
    assert [library for library in needed if library.startswith(("libcu", "libnv"))] == []
