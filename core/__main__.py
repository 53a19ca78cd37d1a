"""`python -m locant` is the `locant` command."""

from __future__ import annotations

from locant.command.app import main

if __name__ == "__main__":
    main()
