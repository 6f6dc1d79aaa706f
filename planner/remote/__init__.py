"""Planners behind OpenAI-compatible model servers."""
