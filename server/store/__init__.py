"""What all processes of a server share: one SQLite file with repositories, jobs and keys."""
