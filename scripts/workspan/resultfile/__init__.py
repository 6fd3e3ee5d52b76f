# SPDX-License-Identifier: Apache-2.0
"""The result file: types, reading, consistency; no statistics, no screen."""
