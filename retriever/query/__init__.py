"""What a query says about the place it looks for: see `analyse` and `records`."""
