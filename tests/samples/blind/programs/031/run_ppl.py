"""Runs the package the way `python -m ngram` does."""
import runpy

runpy.run_module("ngram", run_name="__main__")
