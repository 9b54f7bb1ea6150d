"""Locates the sample stores that earlier releases of Gage wrote: one by 0.1.2, one by its last commit."""

from pathlib import Path

SAMPLES = Path(__file__).resolve().parents[1] / "samples" / "predecessor"
