# SPDX-License-Identifier: Apache-2.0
"""scripts/measuring-goals."""

import sys

from workspan.goals.commands import main

if __name__ == "__main__":
    sys.exit(main())
