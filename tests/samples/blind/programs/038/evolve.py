#!/usr/bin/env python3
# -*- coding: utf-8 -*-
"""Evolve a string. No dependencies."""
import random
import string

TARGET = "gauge the gage"
POP_SIZE = 80            # individuals per generation
MUTATION_RATE = 0.04     # per character
ELITE = 4
MAX_GENERATIONS = 60
TOURNAMENT_K = 5
_ALPHABET = string.ascii_lowercase + " "
__author__ = "someone"


def fitness(s):
    return sum(a == b for a, b in zip(s, TARGET)) / len(TARGET)


def mutate(s, rng):
    return "".join(rng.choice(_ALPHABET) if rng.random() < MUTATION_RATE else c for c in s)


def main(seed=17):
    rng = random.Random(seed)
    pop = ["".join(rng.choice(_ALPHABET) for _ in TARGET) for _ in range(POP_SIZE)]
    for gen in range(MAX_GENERATIONS):
        pop.sort(key=fitness, reverse=True)
        if gen % 10 == 0:
            print(f"gen={gen:03d} best={fitness(pop[0]):.3f} mean={sum(map(fitness, pop)) / POP_SIZE:.3f} '{pop[0]}'")
        if pop[0] == TARGET:
            break
        nxt = pop[:ELITE]
        while len(nxt) < POP_SIZE:
            ma, pa = (max(rng.sample(pop, TOURNAMENT_K), key=fitness) for _ in "ab")
            k = rng.randrange(len(TARGET))
            nxt.append(mutate(ma[:k] + pa[k:], rng))
        pop = nxt
    print(f"solved={pop[0] == TARGET} generations={gen}")


if __name__ == "__main__":
    main()
