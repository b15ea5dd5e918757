"""A course on disk, read, checked and rendered into an immutable release. No database, no web, no kernels."""
