# SPDX-License-Identifier: Apache-2.0
"""GPU clocks and throttling reasons from NVML, a library of the driver that is loaded if present.

Names and numbers: nvml.h of the NVML API reference, "Clocks Event Reasons".
"""

import ctypes
import functools
import os
from typing import Any, Final

from workspan.resultfile.model import GpuState, Unknown

LIBRARY_VARIABLE: Final = "WORKSPAN_NVML"  # a replacement library, for tests
LIBRARY: Final = "libnvidia-ml.so.1"

POWER_CAP: Final = "power cap"
HARDWARE_SLOWDOWN: Final = "hardware slowdown"
THERMAL: Final = "too hot (driver)"
HARDWARE_THERMAL: Final = "too hot (hardware)"
POWER_BRAKE: Final = "power brake"
REASONS: Final = {  # idle (1) is not throttling
    0x002: "application clocks",
    0x004: POWER_CAP,
    0x008: HARDWARE_SLOWDOWN,
    0x010: "sync boost",
    0x020: THERMAL,
    0x040: HARDWARE_THERMAL,
    0x080: POWER_BRAKE,
    0x100: "display clocks",
}
_SM_CLOCK: Final = 1
_NAME_BYTES: Final = 96


def gpu_states() -> list[GpuState]:
    """One state per GPU that NVML lists; none without a driver. Unsupported values are unknown."""
    library = _library(os.environ.get(LIBRARY_VARIABLE, LIBRARY))
    count = ctypes.c_uint()
    if library is None or not _call(library, "nvmlDeviceGetCount_v2", ctypes.byref(count)):
        return []
    return [state for i in range(count.value) if (state := _state(library, i)) is not None]


@functools.lru_cache(maxsize=4)
def _library(name: str) -> ctypes.CDLL | None:
    """The library, kept open: reopening is slow, and an unused driver lets the GPU power down."""
    try:
        library = ctypes.CDLL(name)
    except OSError:
        return None
    return library if _call(library, "nvmlInit_v2") else None


def _call(library: ctypes.CDLL, function: str, *arguments: Any) -> bool:
    """Calls a function; false if it is missing or fails."""
    found = getattr(library, function, None)
    return found is not None and found(*arguments) == 0


def _state(library: ctypes.CDLL, index: int) -> GpuState | None:
    device = ctypes.c_void_p()
    if not _call(
        library, "nvmlDeviceGetHandleByIndex_v2", ctypes.c_uint(index), ctypes.byref(device)
    ):
        return None
    name = ctypes.create_string_buffer(_NAME_BYTES)
    known = _call(library, "nvmlDeviceGetName", device, name, ctypes.c_uint(_NAME_BYTES - 1))
    text = name.value.decode(errors="replace") if known else "unknown"
    return GpuState(
        name=text, sm_mhz=_clock(library, device), throttled=_throttled(library, device)
    )


def _clock(library: ctypes.CDLL, device: ctypes.c_void_p) -> float | Unknown:
    mhz = ctypes.c_uint()
    return (
        float(mhz.value)
        if _call(library, "nvmlDeviceGetClockInfo", device, _SM_CLOCK, ctypes.byref(mhz))
        else "unknown"
    )


def _throttled(library: ctypes.CDLL, device: ctypes.c_void_p) -> list[str]:
    """Since driver 535 the function is named after event reasons, before after throttle reasons."""
    bits = ctypes.c_ulonglong()
    for function in (
        "nvmlDeviceGetCurrentClocksEventReasons",
        "nvmlDeviceGetCurrentClocksThrottleReasons",
    ):
        if _call(library, function, device, ctypes.byref(bits)):
            return [text for bit, text in REASONS.items() if bits.value & bit]
    return []
