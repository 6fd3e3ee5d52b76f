# SPDX-License-Identifier: Apache-2.0
"""Measures whether the suite keeps what it promises about its own numbers."""
