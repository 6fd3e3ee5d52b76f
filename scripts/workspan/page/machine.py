# SPDX-License-Identifier: Apache-2.0
"""The section on machine and build: all that the file tells, and the file itself by its hash."""

import shlex
from collections.abc import Iterable

from workspan.page.content import Block, Section
from workspan.page.sources import Source
from workspan.report.run_info import facts

MOST_FACTS = 200  # of one file; a hostile one has more disturbed processes than a page bears


def machine_section(sources: Iterable[Source]) -> Section:
    """Facts by file."""
    return Section(
        "machine",
        "Machine and build",
        "Machine and build",
        blocks=[Block(of=source.label, facts=[*_facts(source)][:MOST_FACTS]) for source in sources],
    )


def _facts(source: Source) -> Iterable[tuple[str, str]]:
    records = ("processes", "disturbed", "failed", "crashed", "timeout")  # in the section on trust
    yield from ((name, value) for name, value in facts(source.content) if name not in records)
    yield "command", shlex.join(source.content.workspan.run.arguments)
    yield "file", source.name
    yield "SHA-256", source.sha256
