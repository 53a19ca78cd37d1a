"""Files -> syntax -> chunks, symbols, references, history -> segments on disk."""
