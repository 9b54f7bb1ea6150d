"""Runs inside the user's program, under any Python since 3.8: the standard library only, and nothing of Gage."""
