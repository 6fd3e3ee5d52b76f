# SPDX-License-Identifier: Apache-2.0
"""What may distort measurements on this machine."""
