"""The console: a live page of one session, served from processes of its own."""
