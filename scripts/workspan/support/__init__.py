# SPDX-License-Identifier: Apache-2.0
"""Errors, text and files, for all other packages."""
