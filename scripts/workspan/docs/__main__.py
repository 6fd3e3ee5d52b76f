# SPDX-License-Identifier: Apache-2.0
"""scripts/docs."""

import sys

from workspan.docs.pages import main

if __name__ == "__main__":
    sys.exit(main())
