"""Offline speech recognition for the console's push-to-talk."""
