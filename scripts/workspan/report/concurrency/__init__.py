# SPDX-License-Identifier: Apache-2.0
"""What `workspan concurrency` says: its tables and sentences."""
