"""Learned ranking: feature tables of the likeliest candidates, and what turns them into scores."""
