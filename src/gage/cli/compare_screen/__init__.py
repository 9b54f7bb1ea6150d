"""The full-screen view of `gage compare` in a terminal."""
