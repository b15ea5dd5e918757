"""Benchmarks: what this machine can carry, measured."""
