#!/bin/sh
# Trains the small model of examples/digits with a few settings and looks at the runs.
# usage: demo.sh GAGE     Runs that are there already from last time are not made again (--needed).
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

echo "A script that trains a model, train.py, started with other settings each time. It knows nothing of Gage."
show run train.py lr=0.05 --label 'first try' --needed --yes
show run train.py lr=0.01 --label 'slow and steady' --needed --yes
show run train.py lr=0.3 --label 'too fast' --tag bad --needed --yes
show run train.py lr=0.05 hidden=48 --label 'twice as wide' --needed --yes
show list
show show 1
show list --where lr=0.05

cat <<END

Each run is a folder of plain files in examples/digits/.gage/runs. Try next:

    export PATH="$(dirname "$gage"):\$PATH"
    cd examples/digits
    gage run train.py lr=0.1 epochs=10     a run with your settings; shows what it will do and asks first
    gage cat 1 --output                    what the latest run printed
    gage delete 1                          (and gage restore 1)
    gage --help
END
