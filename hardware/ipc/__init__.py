"""What the processes of a session share: channels, rings and flags in shared memory."""
