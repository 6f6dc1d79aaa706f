"""Arms as the simulator knows them: ready-made ones and a user's own."""
