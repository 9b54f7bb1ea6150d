#!/usr/bin/env bash
: "${SIZE:=2000}"
REPEATS=${REPEATS:-3}
ALGO=${ALGO:-sort}
SCALE=${SCALE:-1.5}
for i in $(seq 1 "$REPEATS"); do
  ms=$(awk -v n="$SIZE" -v s="$SCALE" -v i="$i" 'BEGIN{printf "%.2f", n*s/1000+i*0.01}')
  echo "run=$i algo=$ALGO time_ms=$ms"
done
