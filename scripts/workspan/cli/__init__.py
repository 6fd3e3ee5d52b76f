# SPDX-License-Identifier: Apache-2.0
"""Options in, exit code out; nothing is computed here."""
