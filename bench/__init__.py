"""Our figures beside the bare floor: `python -m bench` (docs/benchmarks.md)."""
