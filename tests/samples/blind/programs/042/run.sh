#!/bin/sh
# Builds and runs the heat equation solver.
NX=64
STEPS=400
ALPHA=0.2
CFLAGS="-O2"
cc $CFLAGS -o heat heat.c -lm || exit 1
./heat "$NX" "$STEPS" "$ALPHA"
