# SPDX-License-Identifier: Apache-2.0
"""workspan info: a result file in human-readable form."""

from workspan.cli import options
from workspan.cli.failures import exit_code
from workspan.support.errors import Exit


def info(file: options.AnyResult) -> int:
    """Show machine, build, run, disturbances and the table of a result file."""
    from workspan.report.run_info import print_info
    from workspan.resultfile.find import result_file
    from workspan.resultfile.model import ResultFile
    from workspan.resultfile.read import read_cases

    found = read_cases(result_file(file))
    print_info(found)
    return exit_code([(str(file), found)]) if isinstance(found, ResultFile) else int(Exit.GOOD)
