"""Frozen values and pure rules. Standard library only: no I/O, no database, no web."""
