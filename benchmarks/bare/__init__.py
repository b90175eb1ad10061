"""A relay stripped to its physics: POSTs in, rows on the disk, POSTs out, and nothing else."""
