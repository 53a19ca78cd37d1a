"""Indexing jobs: a queue in the store, one supervisor, and a process of its own for each job."""
