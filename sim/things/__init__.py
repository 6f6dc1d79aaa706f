"""Things to put on a table: procedural families, meshes from files, and their bodies. Start at ``catalog.py``."""
