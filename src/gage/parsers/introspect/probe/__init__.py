"""Runs in the user's program, on Python 3.8 or newer: imports the standard library only, and nothing of Gage."""
