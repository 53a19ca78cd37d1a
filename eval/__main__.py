"""`python -m locant.eval`."""

from locant.eval.cli import main

if __name__ == "__main__":
    main()
