"""One rule a file: each is told what changes, and accuses when it must."""
