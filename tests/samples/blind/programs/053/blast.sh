#!/usr/bin/env bash
# usage: blast.sh [-e EVALUE] [-t THREADS] [-d DB] [-s]
usage() { sed -n 2p "$0"; exit 2; }
evalue=1e-5
threads=4
db=nr_small
sensitive=0
while getopts "e:t:d:sh" f; do
  case $f in
    e) evalue=$OPTARG ;;
    t) threads=$OPTARG ;;
    d) db=$OPTARG ;;
    s) sensitive=1 ;;
    *) usage ;;
  esac
done
shift $((OPTIND - 1))

hits=0
for q in q1 q2 q3; do
  hits=$((hits + threads * 3 + sensitive))
  printf '%s\t%s\thits=%d\tidentity=%.1f%%\n' "$q" "$db" "$hits" "$(echo "90 $hits" | awk '{print $1-$2/10}')"
done
echo "total hits: $hits (evalue <= $evalue)"
