import argparse, random

def get_args():
    ap = argparse.ArgumentParser()
    ap.add_argument('-b', '--batch-size', type=int, default=64, metavar='N')
    ap.add_argument('-l', '--learning-rate', dest='lr', type=float, default=2e-3)
    ap.add_argument('--mode', choices=['l1', 'l2', 'random'], default='l1')
    ap.add_argument('--layers', nargs='+', type=int, default=[64, 32])
    ap.add_argument('--amp', action='store_true')
    ap.add_argument('--no-bias', action='store_false', dest='bias')
    ap.add_argument('-v', '--verbose', action='count', default=0)
    ap.add_argument('--resume', metavar='PATH', help='checkpoint to start from')
    ap.add_argument('--version', action='version', version='prune 0.3')
    return ap.parse_args()

def main():
    a = get_args()
    rng = random.Random(a.batch_size)
    weights = [rng.gauss(0, 1) for _ in range(sum(a.layers))]
    for frac in (0.1, 0.3, 0.5):
        order = sorted(range(len(weights)), key=lambda i: abs(weights[i]) if a.mode != 'random' else rng.random())
        cut = int(frac * len(weights))
        lost = sum(weights[i] ** 2 for i in order[:cut])
        print(f'sparsity {frac:.0%}: energy_lost={lost:.4f}')

if __name__ == '__main__':
    main()
