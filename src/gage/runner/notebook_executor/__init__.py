"""Executes notebooks: a program of its own, started as `python .../notebook_executor train.ipynb`.

It runs in the operation's Python (3.8 or newer), which need not have Gage: nothing of Gage is imported here.
"""
