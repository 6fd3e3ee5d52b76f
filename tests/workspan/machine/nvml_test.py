# SPDX-License-Identifier: Apache-2.0
"""GPU clocks and throttling reasons from a fake NVML library."""

import shutil
import subprocess
from pathlib import Path

import pytest

from workspan.machine import nvml
from workspan.machine.state import take_state
from workspan.resultfile.model import GpuState

GPU_LIBRARY = r"""
#include <string.h>
static int devices[2];
int nvmlInit_v2(void) { return 0; }
int nvmlDeviceGetCount_v2(unsigned* count) { *count = 2; return 0; }
int nvmlDeviceGetHandleByIndex_v2(unsigned i, int** device) { *device = &devices[i]; return 0; }
int nvmlDeviceGetName(int* d, char* name, unsigned length) {
    strncpy(name, d == devices ? "Full" : "Poor", length);
    return 0;
}
int nvmlDeviceGetClockInfo(int* d, int clock, unsigned* mhz) {
    *mhz = clock == 1 ? 345 : 2619;
    return d == devices ? 0 : 3;
}
int REASONS(int* d, unsigned long long* bits) {
    *bits = 0x1 | 0x4 | 0x40;
    return d == devices ? 0 : 3;
}
"""


@pytest.mark.parametrize(
    "reasons",
    ["nvmlDeviceGetCurrentClocksEventReasons", "nvmlDeviceGetCurrentClocksThrottleReasons"],
)
def test_gpus_through_nvml(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, reasons: str) -> None:
    compiler = shutil.which("cc")
    if compiler is None:
        pytest.skip("no C compiler")
    library = tmp_path / f"lib{reasons}.so"
    (tmp_path / "nvml.c").write_text(GPU_LIBRARY)
    subprocess.run(
        [compiler, "-shared", "-fPIC", f"-DREASONS={reasons}", "-o", library, tmp_path / "nvml.c"],
        check=True,
    )
    monkeypatch.setenv(nvml.LIBRARY_VARIABLE, str(library))
    full = GpuState(name="Full", sm_mhz=345.0, throttled=[nvml.POWER_CAP, nvml.HARDWARE_THERMAL])
    assert take_state().gpus == [full, GpuState(name="Poor")]


@pytest.mark.parametrize("library", ["libnothing-of-this-name.so", "libc.so.6"])
def test_no_gpu_without_nvml(monkeypatch: pytest.MonkeyPatch, library: str) -> None:
    monkeypatch.setenv(nvml.LIBRARY_VARIABLE, library)
    assert take_state().gpus == []
