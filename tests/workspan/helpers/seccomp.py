# SPDX-License-Identifier: Apache-2.0
"""System calls that fail from now on, in the process that calls this and in its children."""

import ctypes
import platform
import struct

# The numbers of x86-64 and of arm64.
CALLS = {
    "bind": (49, 200),
    "clone": (56, 220),
    "clone3": (435, 435),
    "connect": (42, 203),
    "epoll_create1": (291, 20),
    "socket": (41, 198),
}


def refuse_calls(error: int, *names: str) -> None:
    """The system calls return this errno."""
    load, jump, ret = 0x20, 0x15, 0x06
    steps = [(load, 0, 0, 0)]
    for name in names:
        number = CALLS[name][platform.machine() == "aarch64"]
        steps += [(jump, 0, 1, number), (ret, 0, 0, 0x50000 | error)]
    steps.append((ret, 0, 0, 0x7FFF0000))
    code = ctypes.create_string_buffer(b"".join(struct.pack("HBBI", *step) for step in steps))
    program = struct.pack("HxxxxxxP", len(steps), ctypes.addressof(code))
    prctl = ctypes.CDLL(None, use_errno=True).prctl
    set_no_new_privs, set_seccomp, mode_filter = 38, 22, 2
    assert prctl(set_no_new_privs, 1, 0, 0, 0) == 0
    assert prctl(set_seccomp, mode_filter, ctypes.c_char_p(program), 0, 0) == 0
