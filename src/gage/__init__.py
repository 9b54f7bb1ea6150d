"""Gage: experiment tracking for machine learning that asks nothing of the user's code."""

__version__ = "0.2.0"
