#!/bin/bash
EPOCHS=5
LR=0.1
FAST=0
TRACK=offline

usage() { echo "usage: $0 [--epochs N] [--lr X] [--fast]"; }

while [[ $# -gt 0 ]]; do
  case "$1" in
    -e|--epochs) EPOCHS="$2"; shift 2 ;;
    --lr)
      LR="$2"
      shift 2
      ;;
    --fast) FAST=1; shift ;;  # fewer steps
    -h|--help) usage; exit 0 ;;
    *) echo "unknown: $1"; exit 1 ;;
  esac
done

WANDB_MODE=$TRACK python train.py --epochs "$EPOCHS" --lr "$LR"
