"""The repositories that are served: how they are added, opened, kept open and removed."""
