"""Trains a small neural network to classify images of digits. Plain Python: needs no packages, not even Gage."""

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
    images = read(data)
    random.shuffle(images)
    training, test = images[:-200], images[-200:]
    net = (layer(64, hidden), layer(hidden, 10))
    print(f"{len(training)} training images, {len(test)} test images")
    for epoch in range(1, epochs + 1):
        loss = learn(net, training)
        print(f"epoch: {epoch}  loss: {loss:.4f}  accuracy: {accuracy(net, test):.3f}", flush=True)
    with open("model.json", "w") as file:
        json.dump(net, file)


def read(path):
    """Returns pairs of an image (64 grey values and a constant 1) and the digit that it shows."""
    with open(path) as file:
        return [([int(pixel, 16) / 15 for pixel in line[2:66]] + [1.0], int(line[0])) for line in file]


def layer(inputs, outputs):
    """Returns a row of random weights for each output; the last weight of a row is its bias."""
    return [[random.gauss(0, inputs**-0.5) for _ in range(inputs)] + [0.0] for _ in range(outputs)]


def forward(net, image):
    """Returns the values of the hidden layer and the probability of each digit."""
    hidden_values = [math.tanh(sum(map(mul, row, image))) for row in net[0]] + [1.0]
    scores = [sum(map(mul, row, hidden_values)) for row in net[1]]
    highest = max(scores)
    powers = [math.exp(score - highest) for score in scores]
    total = sum(powers)
    return hidden_values, [power / total for power in powers]


def learn(net, training):
    """Trains on each image once and returns the mean loss."""
    random.shuffle(training)
    loss = 0.0
    for image, digit in training:
        loss -= math.log(step(net, image, digit) + 1e-12)
    return loss / len(training)


def step(net, image, digit):
    """Adjusts the weights for one image and returns the probability that its digit had before."""
    hidden_values, probabilities = forward(net, image)
    errors = [p - (n == digit) for n, p in enumerate(probabilities)]
    back = [sum(map(mul, errors, column)) * (1 - h * h) for column, h in zip(zip(*net[1]), hidden_values)]
    descend(net[1], errors, hidden_values)
    descend(net[0], back[:-1], image)
    return probabilities[digit]


def descend(weights, errors, inputs):
    for n, error in enumerate(errors):
        change = -lr * error
        weights[n] = [w + change * x for w, x in zip(weights[n], inputs)]


def accuracy(net, test):
    """Returns the share of images that are classified correctly."""
    return sum(max(range(10), key=forward(net, image)[1].__getitem__) == digit for image, digit in test) / len(test)


main()
