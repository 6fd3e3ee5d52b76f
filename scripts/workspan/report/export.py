# SPDX-License-Identifier: Apache-2.0
"""Result files in the formats of other tools, each escaped for its reader."""

import io
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from typing import TYPE_CHECKING

from workspan.resultfile.counting import process_time
from workspan.resultfile.encode import counted_invocations
from workspan.resultfile.google.foreign_file import ForeignFile
from workspan.resultfile.model import Case, ResultFile, Status
from workspan.support.text import plain, safe_cell

if TYPE_CHECKING:
    import pandas as pd


def to_csv(frame: "pd.DataFrame") -> bytes:
    """RFC 4180, UTF-8; text that looks like a formula gets a leading apostrophe."""
    safe = frame.copy()
    for column in safe.columns:
        if safe[column].dtype == object:
            safe[column] = safe[column].map(lambda v: safe_cell(v) if isinstance(v, str) else v)
    return safe.to_csv(index=False, lineterminator="\r\n").encode()


def to_parquet(frame: "pd.DataFrame") -> bytes:
    """The frame as it is."""
    buffer = io.BytesIO()
    frame.to_parquet(buffer, index=False)
    return buffer.getvalue()


def to_gobench(file: ResultFile | ForeignFile) -> bytes:
    """Go's benchmark format, for benchstat: a line per counted invocation.

    https://go.dev/design/14313-benchmark-format
    """
    return ("\n".join(_go_lines(file)) + "\n").encode()


def _go_lines(file: ResultFile | ForeignFile) -> Iterator[str]:
    if isinstance(file, ForeignFile):
        for series in file.series:
            name = _go_name("".join("_" if c.isspace() else c for c in series.name))
            yield from (
                f"{name}/threads={series.threads}\t1\t{s * 1e9:.12g} ns/op" for s in series.seconds
            )
        return
    ours = file.workspan
    facts = {
        "cpu": ours.machine.cpu.model,
        "kernel": ours.machine.kernel,
        "compiler": ours.build.compiler,
        "commit": ours.build.git_commit,
    }
    yield from (f"{key}: {plain(value)}" for key, value in facts.items())
    for case in ours.cases:
        if case.status is Status.OK:
            yield from _go_case(case)


def _go_name(name: str) -> str:
    """The word after Benchmark must not begin with a lower-case letter."""
    return f"Benchmark{plain(name[:1].upper() + name[1:])}"


def _go_case(case: Case) -> Iterator[str]:
    name = _go_name(case.name.replace(":", "="))
    for i in counted_invocations(case):
        seconds = process_time(i)
        rates = "".join(
            f"\t{work / seconds:.12g} {unit}"
            for work, unit in ((case.cost.bytes, "B/s"), (case.cost.flops, "FLOP/s"))
            if work
        )
        yield f"{name}\t{i.iterations}\t{seconds * 1e9:.12g} ns/op{rates}"


def to_junit(file: ResultFile) -> bytes:
    """A test case per case. A wrong result is a failure, a crash or a timeout an error.

    time: seconds of one run.
    """
    cases = file.workspan.cases
    kinds = [_junit_kind(case) for case in cases]
    suite = ET.Element(
        "testsuite", name="workspan", timestamp=file.workspan.run.started.removesuffix("Z")
    )
    suite.set("tests", str(len(cases)))
    for counter, kind in (("failures", "failure"), ("errors", "error"), ("skipped", "skipped")):
        suite.set(counter, str(kinds.count(kind)))
    suite.set("time", f"{sum(c.time or 0 for c in cases):.9g}")
    for case, kind in zip(cases, kinds, strict=True):
        test = ET.SubElement(suite, "testcase", _junit_case(case))
        if kind:
            outcome = ET.SubElement(test, kind, message=plain(case.reason or case.status.value))
            if kind != "skipped":
                outcome.set("type", case.status.value)
    root = ET.Element("testsuites")
    root.append(suite)
    ET.indent(root)
    return bytes(ET.tostring(root, encoding="utf-8", xml_declaration=True)) + b"\n"


def _junit_kind(case: Case) -> str:
    """The element that JUnit has for this status; empty: none."""
    return {
        Status.OK: "",
        Status.PLANNED: "skipped",
        Status.SKIPPED: "skipped",
        Status.FAILED: "failure",
        Status.TIMEOUT: "error",
        Status.CRASHED: "error",
    }[case.status]


def _junit_case(case: Case) -> dict[str, str]:
    return {
        "classname": f"{case.workload}.{case.variant}",
        "name": case.name,
        "time": f"{case.time or 0:.9g}",
    }
