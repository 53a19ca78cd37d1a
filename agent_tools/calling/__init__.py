"""From a name and arguments to an answer: checks, the repository that is meant, the budget, errors as sentences."""
