"""Names that people teach: the folder of looks, and what a session does with it. Start at ``looks_file.py``."""
