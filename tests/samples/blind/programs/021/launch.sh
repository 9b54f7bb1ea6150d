#!/bin/bash
# Trains the toy tagger, then evaluates it.
set -euo pipefail

LR=0.05
EPOCHS=6
HIDDEN=24
TASK="pos"
USE_CRF=true
OUT=$(mktemp -d)

python3 tagger.py --lr $LR --epochs $EPOCHS --hidden "$HIDDEN" --task "$TASK" --out "$OUT"
python3 tagger.py --eval-only --out "$OUT"
rm -r "$OUT"
