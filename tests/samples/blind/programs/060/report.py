"""Prints a table of the stored results. It has nothing that one would set."""
import csv
import logging
import os

logger = logging.getLogger(__name__)
ROOT = os.path.dirname(os.path.abspath(__file__))


def load():
    with open(os.path.join(ROOT, "results.csv"), newline="") as fh:
        return list(csv.DictReader(fh))


def main():
    rows = load()
    width = max(len(r["model"]) for r in rows)
    total = 0.0
    for r in rows:
        print(f"{r['model']:<{width}}  acc={float(r['acc']):.3f}  f1={float(r['f1']):.3f}")
        total += float(r["acc"])
    print(f"mean acc: {total / len(rows):.3f}")


if __name__ == "__main__":
    main()
