# SPDX-License-Identifier: Apache-2.0
"""One file per command: options in, exit code out. What they do lies in the modules above, in pure functions where it can."""
