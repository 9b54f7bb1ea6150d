"""Naval Fate-like experiment runner.

Usage:
  exp.py train <data>... [--lr=<rate>] [--epochs=<n>] [-v | -q]
  exp.py eval <model> <data> [--top=<k>] [--fast]
  exp.py (-h | --help)
  exp.py --version

Options:
  -h --help        Show this screen.
  --version        Show version.
  --lr=<rate>      Learning rate [default: 0.1].
  --epochs=<n>     Number of epochs [default: 10].
  --top=<k>        Top k [default: 5].
  --fast           Be quick.
  -v --verbose     Say more.
  -q               Say less.
"""
import json
from docopt import docopt

if __name__ == '__main__':
    arguments = docopt(__doc__, version='1.0')
    print("JSON:" + json.dumps(dict(arguments), sort_keys=True))
