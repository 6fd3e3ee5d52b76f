# SPDX-License-Identifier: Apache-2.0
"""The generated parts of README.md and docs/, for scripts/docs."""
