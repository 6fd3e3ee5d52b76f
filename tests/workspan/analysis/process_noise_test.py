# SPDX-License-Identifier: Apache-2.0
"""How far each process is from the run."""

from statistics import fmean

import pytest
from block_files import CUDA, SEQ, TEAM, in_blocks, merged, process
from sample_results import case, result

from workspan.analysis.process_noise import process_noise
from workspan.resultfile.clean_samples import clean_samples

SLOW = {1: 1.0, 2: 1.0, 3: 1.44}  # of each process; their geometric mean is 1.44 ** (1 / 3)


def test_a_slow_process_shows_its_drift_and_its_worst_case() -> None:
    journals = [
        process(
            number,
            [
                in_blocks(SEQ, dict.fromkeys(range(1, 9), slow)),
                in_blocks(
                    TEAM,
                    dict.fromkeys(range(1, 9), 0.5 * slow * (3 if number == 2 else 1)),
                    disturbed=[1, 2] if number == 3 else [],
                ),
            ],
            [],
            disturbed=["load"] if number == 3 else [],
        )
        for number, slow in SLOW.items()
    ]
    first, second, third = process_noise(merged(journals))
    assert (first.number, first.cases) == (1, 2)
    mean, of_team = 1.44 ** (1 / 3), (1.44 * 3) ** (1 / 3)
    assert second.worst == TEAM
    assert second.worst_factor == pytest.approx(3 / of_team)
    assert third.drift == pytest.approx((1.44 / mean * 1.44 / of_team) ** 0.5)
    assert third.clean == pytest.approx(14 / 16)
    assert (first.disturbed, third.disturbed) == ((), ("reduce",))


def test_clean_samples_are_judged_as_those_of_the_run() -> None:
    wall = dict.fromkeys(range(1, 9), 1.0)
    waits = "waiters/threads/n:8/threads:2"
    journals = [
        process(
            number,
            [
                in_blocks(SEQ, wall, disturbed=[*range(1, number + 1)]),
                in_blocks(waits, wall, disturbed=[*wall], threading="own"),  # by design
                in_blocks(CUDA, wall, scope="kernel"),
            ],
            [],
        )
        for number in (1, 2)
    ]
    run = merged(journals)
    shares = [one.clean for one in process_noise(run)]
    assert shares == [7 / 8, 6 / 8]
    assert clean_samples(run).share == pytest.approx(fmean(one for one in shares if one))


def test_one_process_cannot_be_compared() -> None:
    assert process_noise(result([case("copy/seq/n:8/threads:1", [1.0] * 7)])) == ()
