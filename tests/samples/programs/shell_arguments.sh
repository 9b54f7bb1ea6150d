#!/bin/bash
DATASET=$1
SEED=${2:-0}
FOLDS="${3:-5}"   # for cross-validation

step() {
  NAME=$1
  echo "== $NAME"
}

for fold in $(seq "$FOLDS"); do
  step "fold $fold"
done
