"""Use cases, one class per topic: a session and collaborators in, domain values out. They flush, never commit."""
