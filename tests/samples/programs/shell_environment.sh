#!/usr/bin/env bash
# Start training on all GPUs of a node
set -euo pipefail

# Learning rate
LR=${LR:-3e-4}
export BATCH_SIZE="${BATCH_SIZE:-32}"  # per GPU
: "${EPOCHS:=10}"
: "${DATA_DIR:?set DATA_DIR}"
if [ -z "${RUN_NAME:-}" ]; then
  RUN_NAME=baseline
fi

MODEL=resnet50
export OMP_NUM_THREADS=8
NGPU=$(nvidia-smi -L | wc -l)
OUT="out/$MODEL-$RUN_NAME"

torchrun --nproc_per_node "$NGPU" train.py --lr "$LR" --model "$MODEL" --out "$OUT"
