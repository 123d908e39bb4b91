"""Benchmarks: how fast, as ratios to plain implementations.

`python -m tests.bench` runs every `bench_*.py` of this folder, and
`python -m tests.bench transport` those that are named. Each module has a
function `rows()` that yields Rows; `rounds.compare` makes them. Seconds
differ from machine to machine and from hour to hour: only the ratios of
runs that alternate in one process are worth remembering, and no test
asserts them.
"""
