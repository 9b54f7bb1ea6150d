#!/bin/sh
# Trains the small model of examples/digits with different values, then lists and shows the runs.
# usage: demo.sh GAGE     Runs that exist from an earlier demo are skipped (--needed).
set -eu
cd "$(dirname "$0")/digits"
gage=$1

show() {
    printf '\n$ gage'
    for word in "$@"; do
        case $word in
            *[!A-Za-z0-9_=.,:/-]*) printf " '%s'" "$word" ;;
            *) printf ' %s' "$word" ;;
        esac
    done
    printf '\n'
    "$gage" "$@"
}

echo "train.py trains a small model. Gage runs it with different values; the script does not import Gage."
show run train.py lr=0.05 --label 'first try' --needed --yes
show run train.py lr=0.01 --label 'slow and steady' --needed --yes
show run train.py lr=0.3 --label 'too fast' --tag bad --needed --yes
show run train.py lr=0.05 hidden=48 --label 'twice as wide' --needed --yes
show list
show show 1
show list --where lr=0.05

cat <<END

Each run is stored as plain files in examples/digits/.gage/runs. Try next:

    export PATH="$(dirname "$gage"):\$PATH"
    cd examples/digits
    gage run train.py lr=0.1 epochs=10     start a run with your values; asks for confirmation first
    gage view                              show the runs and their curves in a web page
    gage cat 1 --output                    print the output of the latest run
    gage delete 1                          (undo with: gage restore 1)
    gage --help
END
