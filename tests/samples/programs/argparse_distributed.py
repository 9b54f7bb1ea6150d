"""Started by torchrun; main in a function that another function starts."""
import argparse
import os

import torch
import torch.distributed as dist
import torch.multiprocessing as mp


class StoreDictKeyPair(argparse.Action):
    def __call__(self, parser, namespace, values, option_string=None):
        setattr(namespace, self.dest, dict(v.split("=") for v in values.split(",")))


def worker(rank, args):
    dist.init_process_group("nccl", rank=rank, world_size=args.world_size)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--local_rank", "--local-rank", type=int, default=int(os.environ.get("LOCAL_RANK", 0)))
    parser.add_argument("--world_size", type=int, default=os.getenv("WORLD_SIZE", 1), help="number of processes")
    parser.add_argument("--backend", type=str.lower, default="nccl")
    parser.add_argument("--model-kwargs", action=StoreDictKeyPair, metavar="K=V,...", default={})
    parser.add_argument("--device", default="cuda" if torch.cuda.is_available() else "cpu", help="device to use")
    parser.add_argument("--output_dir", default=os.path.join(os.path.expanduser("~"), "out"))
    parser.add_argument("rest", nargs=argparse.REMAINDER)
    args = parser.parse_args()
    mp.spawn(worker, nprocs=args.world_size, args=(args,))


if __name__ == "__main__":
    main()
