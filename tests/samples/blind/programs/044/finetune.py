import argparse


def add_model_args(parser):
    parser.add_argument("--arch", default="mlp")
    parser.add_argument("--freeze", type=int, default=2)
    return parser


def add_mlp_args(parser):
    parser.add_argument("--mlp-width", type=int, default=64)
    parser.add_argument("--mlp-dropout", type=float, default=0.1)


def add_conv_args(parser):
    parser.add_argument("--conv-filters", type=int, default=32)


ARCHS = {"mlp": add_mlp_args, "conv": add_conv_args}

parser = add_model_args(argparse.ArgumentParser())
known, _ = parser.parse_known_args()
ARCHS[known.arch](parser)
parser.add_argument("--lr", type=float)
parser.set_defaults(lr=0.25)
args = parser.parse_args()

acc = 0.1
for ep in range(1, 5):
    acc += (0.95 - args.mlp_dropout - acc) * args.lr if args.arch == "mlp" else 0.1
    print(f"ep {ep}: val acc {acc:.2%}")
