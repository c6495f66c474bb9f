"""Whether two records describe the same unit: blocking, comparison field by field, a verdict with its reasons."""
