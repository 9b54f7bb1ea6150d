"""Executes notebooks, as a program of its own: `python notebook train.ipynb`."""
