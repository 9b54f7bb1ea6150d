#!/bin/sh
# Creates a virtual environment and installs Gage in it in editable mode.
# usage: setup.sh VENV [dev]     dev: install the test requirements
set -eu

venv=$1
group=${2:-}

main() {
    usable_venv || make_venv
    pip install --upgrade 'pip>=25.1'
    if [ "$group" ]; then
        pip install --group "$group"
    else
        pip install --editable '.[view]'
    fi
}

usable_venv() {
    "$venv/bin/python" -c 'import pip' 2>/dev/null
}

make_venv() {
    old=''
    for python in python3.19 python3.18 python3.17 python3.16 python3.15 python3.14 python3.13 python3.12 python3.11 python3 python; do
        command -v "$python" >/dev/null || continue
        if ! "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
            old="$old $python"
        elif ! "$python" -c 'import ensurepip, venv' 2>/dev/null; then
            bare=${bare:-$python}
        else
            echo "Creating $venv with $("$python" --version)"
            "$python" -m venv --clear "$venv"
            return
        fi
    done
    explain
}

explain() {
    if [ "${bare:-}" ]; then
        version=$("$bare" -c 'import sys; print("%d.%d" % sys.version_info[:2])')
        echo "$bare cannot create virtual environments: its venv module is missing." >&2
        echo "On Debian and Ubuntu: apt install python3-venv (or python$version-venv)" >&2
    elif [ "$old" ]; then
        echo "Gage requires Python 3.11 or newer; found only:" >&2
        for python in $old; do echo "  $python is $("$python" --version 2>&1)" >&2; done
    else
        echo "Gage requires Python 3.11 or newer; found no Python. On Debian and Ubuntu: apt install python3-venv" >&2
    fi
    exit 1
}

pip() {
    "$venv/bin/python" -m pip --disable-pip-version-check --quiet "$@"
}

main
