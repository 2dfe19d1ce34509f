"""How fast the platform is on this machine: `python -m tests.benchmarks`. Asserts nothing on time."""
