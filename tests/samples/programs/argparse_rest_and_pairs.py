"""Trains a detector from a file of settings, with some of them replaced."""
import argparse
import os
from argparse import Action


class Pairs(Action):
    def __call__(self, parser, namespace, values, option_string=None):
        setattr(namespace, self.dest, dict(v.split("=", 1) for v in values))


def truth(word):
    if word.lower() not in ("true", "false", "1", "0"):
        raise ValueError(word)
    return word.lower() in ("true", "1")


def options():
    parser = argparse.ArgumentParser(description="Train a detector")
    parser.add_argument("recipe", help="file with the settings")
    parser.add_argument("--work-dir", help="where checkpoints go")
    parser.add_argument("--resume", nargs="?", const="latest", help="a checkpoint, else the latest")
    parser.add_argument("--again", nargs="?", const=True, default=False, help="go on, or from a file")
    parser.add_argument("--amp", type=truth, nargs="?", const=True, default=True, help="mixed precision")
    parser.add_argument("--with", dest="pairs", nargs="+", action=Pairs, help="settings to replace")
    parser.add_argument("--port", type=int, default=2**15 + 2**14 + os.getpid() % 2, help="to meet at")
    parser.add_argument("--local_rank", "--local-rank", type=int, default=0)
    parser.add_argument("opts", nargs=argparse.REMAINDER, help="all others, in pairs")
    return parser.parse_args()


if __name__ == "__main__":
    print(options())
