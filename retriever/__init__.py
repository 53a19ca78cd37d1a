"""Query evidence, signals, fusion, localization and reading of an index."""
