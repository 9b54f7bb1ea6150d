import argparse


def base_parser():
    b = argparse.ArgumentParser(add_help=False)
    b.add_argument("--seed", type=int, default=0)
    b.add_argument("--arms", type=int, default=10)
    b.add_argument("--horizon", type=int, default=1000)
    return b
