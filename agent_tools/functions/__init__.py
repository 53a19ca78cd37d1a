"""The tools themselves: plain functions from an index and arguments to a draft of an answer."""
