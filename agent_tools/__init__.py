"""Tools for coding agents: each is defined once, in `registry`, and every surface is made from that."""
