"""The kind of model decides what can be set."""
import argparse

import zoo


def parse(words=None):
    parser = argparse.ArgumentParser(allow_abbrev=False)
    parser.add_argument("corpus", help="folder with sentences")
    parser.add_argument("--kind", "-k", required=True, default="rnn", choices=zoo.KINDS.keys(), help="kind of model")
    parser.add_argument("--rate", type=float, default=0.25, help="learning rate")
    parser.add_argument("--clip", default="1,2", type=lambda t: [int(x) for x in t.split(",")], help="per epoch")
    known, _ = parser.parse_known_args(words)
    group = parser.add_argument_group("of the model", argument_default=argparse.SUPPRESS)
    zoo.KINDS[known.kind].options(group)
    return parser.parse_args(words)


if __name__ == "__main__":
    print(parse())
