"""Gaussian processes on time series.

Usage:
  docopt_experiment.py fit <series> [--kernel=NAME] [--noise=X] [--restarts N] [-v]
  docopt_experiment.py forecast <series> <horizon> [--samples=N]
  docopt_experiment.py (-h | --help)

Options:
  -h --help             Show this.
  -k NAME --kernel=NAME  Kernel to use [default: rbf].
  --noise=X             Standard deviation of
                        the noise [default: 0.1].
  --restarts N          Restarts of the optimiser [default: 3].
  --samples=N           Paths to draw.
  -v --verbose          Print the likelihood.

"""
from docopt import docopt

if __name__ == "__main__":
    arguments = docopt(__doc__)
    print(arguments)
