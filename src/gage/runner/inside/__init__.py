"""Runs as the user's program, under any Python since 3.8: nothing of Gage is imported."""
