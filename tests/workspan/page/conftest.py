# SPDX-License-Identifier: Apache-2.0
"""Pages that several tests read, each made once."""

import pytest
from block_files import ChangingMachine
from paths import ROOT

from workspan.page.page import page
from workspan.page.sources import Source, read_source

H100 = ROOT / "results/h100-80gb-16-cores/quick-1-process.json"
XEON = ROOT / "results/xeon-emerald-rapids-vm-2-cores/quick.json"


@pytest.fixture(scope="session")
def h100() -> Source:
    return read_source(H100)


@pytest.fixture(scope="session")
def xeon() -> Source:
    return read_source(XEON)


@pytest.fixture(scope="session")
def small() -> Source:
    """Five processes of one workload, in blocks, with a GPU and ceilings beside."""
    return Source("small/result.json", ChangingMachine(1).run(5), "0" * 64)


@pytest.fixture(scope="session")
def h100_page(h100: Source) -> str:
    return page([h100])


@pytest.fixture(scope="session")
def small_page(small: Source) -> str:
    return page([small])
