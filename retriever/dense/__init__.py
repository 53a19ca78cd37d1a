"""Meaning beside words: encoders, vectors of chunks kept on disk, and their nearest to a query."""
