"""The coverage engine beside what others use for the same: ``python -m benchmarks.coverage``."""
