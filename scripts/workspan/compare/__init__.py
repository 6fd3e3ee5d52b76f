# SPDX-License-Identifier: Apache-2.0
"""Two sets of cases: pure functions over result files."""
