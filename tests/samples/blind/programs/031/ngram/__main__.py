import argparse
import sys

from .lm import NGram


def main(argv=None):
    ap = argparse.ArgumentParser(prog="ngram")
    ap.add_argument("-n", "--order", type=int, default=2)
    ap.add_argument("--discount", type=float, default=0.1)
    ap.add_argument("--lowercase", action="store_true", default=False)
    ap.add_argument("--text", default="a rose is a rose is a rose")
    ns = ap.parse_args(argv)
    lm = NGram(ns.order, ns.discount)
    toks = ns.text.split()
    for k in range(len(toks) // 2, len(toks) + 1, 2):
        lm.count(toks[:k])
        print(f"tokens {k}  ppl {lm.perplexity(toks):.3f}  types {len(set(toks[:k]))}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
