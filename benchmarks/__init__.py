"""Measured speed: each figure with a baseline from the same run, so that machines can be compared."""
