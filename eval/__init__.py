"""Measures whether locant finds the right place: datasets, systems, metrics, runs and reports."""
