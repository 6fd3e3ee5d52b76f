# SPDX-License-Identifier: Apache-2.0
"""Whether a case plainly keeps the rules of consistency.py: a large file has a hundred thousand,
nearly all right, and going through the rules one by one takes twice as long.
"""

from operator import lt
from typing import Final

from workspan.resultfile.counting import case_time
from workspan.resultfile.model import Case, CaseInvocation, Status
from workspan.resultfile.names import case_name

LARGEST_SEED: Final = 2**64 - 1
CLOSE: Final = 1e-9  # relative: values computed twice may differ by rounding


def is_right(case: Case) -> bool:
    """Of a measured case without counters, each number of whose processes occurs once. False: only
    the rules can tell.
    """
    if case.status is not Status.OK or not case.check_result.ok or case.cause or case.counters:
        return False
    if case.stopped is None or case.seed > LARGEST_SEED:
        return False
    name = case_name(case.workload, case.variant, case.n, case.keys, case.threads)
    return case.name == name and _are_right(case.invocations, case.scope) and _is_its_time(case)


def agree(i: CaseInvocation) -> bool:
    """Whether every list has an entry for each sample, or none, and blocks ascend."""
    count = len(i.wall)
    lengths = {len(i.block), len(i.runs), len(i.at), len(i.waited), len(i.clean)}
    is_ascending = all(map(lt, i.block, i.block[1:]))
    return len(i.cpu) == count and lengths <= {0, count} and is_ascending


def _are_right(invocations: list[CaseInvocation], scope: str) -> bool:
    on_host = scope == "host"
    return len({i.number for i in invocations}) == len(invocations) and all(
        agree(i) and i.latencies is None and (i.cpu_share is not None) == on_host
        for i in invocations
    )


def _is_its_time(case: Case) -> bool:
    """That of its processes, within its interval if it has one."""
    if not case.time or not any(i.counted for i in case.invocations):
        return False
    time = case_time(case.invocations)
    if not abs(case.time - time) <= CLOSE * time:
        return False
    if not isinstance(case.interval, tuple):
        return case.interval is not None
    low, high = case.interval
    return 0 < low <= high and low * (1 - CLOSE) <= time <= high * (1 + CLOSE)
