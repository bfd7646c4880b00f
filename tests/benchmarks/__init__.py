"""The benchmarks at a size that fits into the suite: what they promise holds here too."""
