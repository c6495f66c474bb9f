"""Bringing outside registers in, and taking data out."""
