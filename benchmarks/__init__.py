"""One script per number: `python -m benchmarks.NAME [--json] [--quick]`; see README.md here."""
