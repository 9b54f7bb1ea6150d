import math
from collections import Counter


class NGram:
    def __init__(self, order=3, discount=0.5):
        self.order, self.d = order, discount
        self.c = Counter()

    def count(self, toks):
        self.c = Counter(tuple(toks[i:i + self.order]) for i in range(len(toks)))

    def perplexity(self, toks):
        tot = sum(self.c.values()) + self.d * 100
        lp = sum(math.log((self.c[tuple(toks[i:i + self.order])] + self.d) / tot) for i in range(len(toks)))
        return math.exp(-lp / len(toks))
