# SPDX-License-Identifier: Apache-2.0
"""What failed, once more and at the end: scripts/test runs several builds, whose tests print much.

Reads the JUnit files of ctest that are named; prints the last lines of each failed test, then its
name and that of its build.
"""

import sys
from pathlib import Path
from xml.etree import ElementTree

LINES = 40  # of the output of a failed test


def failed_in(report: Path) -> list[tuple[str, str]]:
    """Name and output of each test that failed."""
    return [
        (case.get("name", ""), case.findtext("system-out", ""))
        for case in ElementTree.parse(report).iter("testcase")
        if case.get("status") != "run" and case.find("skipped") is None
    ]


def main(reports: list[str]) -> None:
    names = []
    for report in map(Path, reports):
        try:
            failed = failed_in(report)
        except (OSError, ElementTree.ParseError) as e:
            names.append(f"{report}: {e}")
            continue
        for name, output in failed:
            names.append(f"{report.parent.name}: {name}")
            print(f"\n== {names[-1]}", *output.rstrip().splitlines()[-LINES:], sep="\n")
    print("\nFailed:", *(names or ["nothing"]), sep="\n  ")


if __name__ == "__main__":
    main(sys.argv[1:])
