import argparse as ap
import sys

args = None


def cli():
    global args
    with open(__file__) as f:
        lines = len(f.readlines())
    parser = ap.ArgumentParser()
    try:
        parser.add_argument("--alpha", type=float, default=0.5, help="mixing")
    except ap.ArgumentError:
        pass
    if lines > 10:
        parser.add_argument("--beta", type=float, default=0.25)
    parser.add_argument("--gamma", "-g", type=float, default=(0.5 + 0.5) / 4)
    if sys.version_info >= (3, 9):
        parser.add_argument("--exit-early", action=ap.BooleanOptionalAction, default=False)
    args, unknown = parser.parse_known_args()


if __name__ in ("__main__", "__mp_main__"):
    cli()
