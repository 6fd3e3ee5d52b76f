# SPDX-License-Identifier: Apache-2.0
"""Which samples are judged, and how many of them are clean."""

import msgspec
from block_files import CUDA, SEQ, TEAM, decoded, file_with, in_blocks, merged, process

from workspan.resultfile.clean_samples import CleanSamples, clean_of_processes, clean_samples
from workspan.resultfile.model import ResultFile

WALL = dict.fromkeys(range(1, 11), 1e-3)


def file() -> ResultFile:
    cases = [
        in_blocks(SEQ, WALL, disturbed={1}),
        in_blocks(TEAM, WALL, disturbed={1, 2, 3}),
        in_blocks("busy/threads/n:8/threads:2", WALL, disturbed=set(WALL), threading="own"),
        in_blocks("busy/omp/n:8/cpus:1/threads:2", WALL, disturbed=set(WALL)),
        in_blocks(CUDA, WALL, scope="kernel"),
    ]
    return decoded(file_with(cases, []))


def test_only_cases_that_are_to_have_their_cores_are_judged() -> None:
    assert clean_samples(file()) == (16, 20)
    assert clean_samples(file(), teams_only=True) == (7, 10)
    assert clean_samples(file()).share == 0.8


def test_each_process_has_its_own_and_their_sum_is_that_of_all() -> None:
    cases = [in_blocks(SEQ, WALL, disturbed=set(range(1, k + 1))) for k in (1, 3)]
    run = merged([process(number, [one], []) for number, one in enumerate(cases, 1)])
    assert clean_of_processes(run) == {1: (9, 10), 2: (7, 10)}
    assert clean_samples(run) == (16, 20)


def test_a_kernel_that_tells_nothing_has_no_share() -> None:
    assert CleanSamples().share is None
    silent = file()
    for case in silent.workspan.cases:
        case.invocations[0] = msgspec.structs.replace(case.invocations[0], waited=())
    assert clean_samples(silent) == (0, 0)
