import argparse


def parse(argv=None):
    p = argparse.ArgumentParser("kmeans")
    p.add_argument("-k", "--clusters", type=int, default=4)
    p.add_argument("--points", type=int, default=300)
    p.add_argument("--init", type=str, default="random", choices=("random", "plusplus"))
    p.add_argument("--tol", type=float, default=1e-4)
    p.add_argument("--seed", type=int, default=11)
    return p.parse_args(argv)
