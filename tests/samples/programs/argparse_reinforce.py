#!/usr/bin/env python
import argparse
from itertools import count
from collections import deque

import gymnasium as gym
import torch


def str2bool(v):
    if isinstance(v, bool):
        return v
    if v.lower() in ("yes", "true", "t", "y", "1"):
        return True
    if v.lower() in ("no", "false", "f", "n", "0"):
        return False
    raise argparse.ArgumentTypeError("Boolean value expected.")


def parse_args():
    # fmt: off
    parser = argparse.ArgumentParser(formatter_class=argparse.ArgumentDefaultsHelpFormatter)
    parser.add_argument("--env-id", type=str, default="CartPole-v1",
        help="the id of the environment")
    parser.add_argument("--gamma", type=float, default=0.99, metavar="G",
        help="the discount factor gamma")
    parser.add_argument("--learning-rate", type=float, default=2.5e-4,
        help="the learning rate of the optimizer")
    parser.add_argument("--total-timesteps", type=int, default=500_000,
        help="total timesteps of the experiments")
    parser.add_argument("--torch-deterministic", type=lambda x: x.lower() == "true", default=True, nargs="?", const=True,
        help="if toggled, `torch.backends.cudnn.deterministic=False`")
    parser.add_argument("--cuda", type=str2bool, default=True, nargs="?", const=True,
        help="if toggled, cuda will be enabled by default")
    parser.add_argument("--capture-video", type=str2bool, default=False,
        help="whether to capture videos")
    parser.add_argument("--target-kl", type=float, default=None,
        help="the target KL divergence threshold")
    parser.add_argument("--num-steps", type=int, default=128)
    parser.add_argument("--num-envs", type=int, default=8)
    args = parser.parse_args()
    # fmt: on
    args.batch_size = int(args.num_envs * args.num_steps)
    return args


if __name__ == "__main__":
    args = parse_args()
    env = gym.make(args.env_id)
    scores = deque(maxlen=100)
    for i in count():
        if i > 3:
            break
