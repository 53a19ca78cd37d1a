"""Repositories from elsewhere: which addresses may be fetched from, and how."""
