"""One locant for all repositories of a team: an HTTP API, its jobs and its page. docs/server.md describes it.

Nothing is imported here: `locant serve` imports what it needs, and `import locant` none of it.
"""
