"""Teaches a small neural network to read digits. Plain Python: no package is needed, and none of Gage either."""

import json
import math
import random
from operator import mul

data = "data/digits.txt"
hidden = 24
lr = 0.1
epochs = 6
seed = 0


def main() -> None:
    random.seed(seed)
    pictures = read(data)
    random.shuffle(pictures)
    training, test = pictures[:-200], pictures[-200:]
    net = (layer(64, hidden), layer(hidden, 10))
    print(f"{len(training)} pictures to learn from, {len(test)} to be tested with")
    for epoch in range(1, epochs + 1):
        loss = learn(net, training)
        print(f"epoch: {epoch}  loss: {loss:.4f}  accuracy: {accuracy(net, test):.3f}", flush=True)
    with open("model.json", "w") as file:
        json.dump(net, file)


def read(path):
    """Pairs of a picture (64 grey values and a constant 1) and the digit it shows."""
    with open(path) as file:
        return [([int(pixel, 16) / 15 for pixel in line[2:66]] + [1.0], int(line[0])) for line in file]


def layer(inputs, outputs):
    """A row of random weights for each output; the last weight of a row is its bias."""
    return [[random.gauss(0, inputs**-0.5) for _ in range(inputs)] + [0.0] for _ in range(outputs)]


def forward(net, picture):
    """What the hidden layer says, and how likely each digit is."""
    middle = [math.tanh(sum(map(mul, row, picture))) for row in net[0]] + [1.0]
    scores = [sum(map(mul, row, middle)) for row in net[1]]
    highest = max(scores)
    powers = [math.exp(score - highest) for score in scores]
    total = sum(powers)
    return middle, [power / total for power in powers]


def learn(net, training):
    """Go once through the pictures; the mean loss."""
    random.shuffle(training)
    loss = 0.0
    for picture, digit in training:
        loss -= math.log(step(net, picture, digit) + 1e-12)
    return loss / len(training)


def step(net, picture, digit):
    """Move the weights a little so that this picture is read better; how likely its digit was before."""
    middle, likely = forward(net, picture)
    wrong = [p - (n == digit) for n, p in enumerate(likely)]
    back = [sum(map(mul, wrong, column)) * (1 - m * m) for column, m in zip(zip(*net[1]), middle)]
    descend(net[1], wrong, middle)
    descend(net[0], back[:-1], picture)
    return likely[digit]


def descend(weights, errors, inputs):
    for n, error in enumerate(errors):
        move = -lr * error
        weights[n] = [w + move * x for w, x in zip(weights[n], inputs)]


def accuracy(net, test):
    """The share of pictures that are read rightly."""
    return sum(max(range(10), key=forward(net, picture)[1].__getitem__) == digit for picture, digit in test) / len(test)


main()
