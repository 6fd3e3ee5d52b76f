# SPDX-License-Identifier: Apache-2.0
"""What `workspan compare` says, as a table, Markdown or JSON."""
