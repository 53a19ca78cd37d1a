"""The GitHub Action: a comment with the likely places on a new issue."""
