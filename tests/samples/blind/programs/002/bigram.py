import math, random
# hyperparameters
batch_size = 32 # sequences in parallel
block_size = 8 # context
max_iters = 200
eval_interval = 50
learning_rate = 1e-2
device = 'cpu'
dropout = 0.0
# ------------
random.seed(1337)
text = open('corpus.txt').read()
chars = sorted(set(text))
vocab = len(chars)
stoi = {c: i for i, c in enumerate(chars)}
ids = [stoi[c] for c in text]
table = [[0.0] * vocab for _ in range(vocab)]

def probs(i):
    e = [math.exp(v) for v in table[i]]
    s = sum(e)
    return [v / s for v in e]

for it in range(max_iters):
    loss = 0.0
    for _ in range(batch_size):
        k = random.randrange(len(ids) - block_size - 1)
        for j in range(k, k + block_size):
            p = probs(ids[j])
            loss -= math.log(p[ids[j + 1]])
            for c in range(vocab):
                table[ids[j]][c] -= learning_rate * (p[c] - (c == ids[j + 1]))
    if it % eval_interval == 0 or it == max_iters - 1:
        print(f"step {it}: train loss {loss / (batch_size * block_size):.4f}")
