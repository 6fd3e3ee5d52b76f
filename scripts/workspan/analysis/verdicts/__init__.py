# SPDX-License-Identifier: Apache-2.0
"""What a file says in the end: findings, verdicts, alarms, the headline."""
