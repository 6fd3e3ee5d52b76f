# SPDX-License-Identifier: Apache-2.0
"""Statistics on plain numbers: nothing here knows a case or a file."""
