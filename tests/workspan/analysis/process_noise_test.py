# SPDX-License-Identifier: Apache-2.0
"""How far each process is from the run."""

import pytest
from block_files import SEQ, TEAM, in_blocks, merged, process
from sample_results import case, result

from workspan.analysis.process_noise import process_noise

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


def test_one_process_cannot_be_compared() -> None:
    assert process_noise(result([case("copy/seq/n:8/threads:1", [1.0] * 7)])) == ()
