#!/usr/bin/env bash
# Runs the tests under every Python that Gage supports, as far as interpreters can be found or brought.
#
# usage: test_pythons.sh [VERSION ...]      default: 3.11 3.12 3.13 3.14
#   TESTS=...  what pytest runs (default: tests/rooms tests/cli tests/budgets)
#   QUICK=1    leaves out tests marked slow
#   ONE_OF=1   stops after the first version that could be tested
#
# An interpreter is a `pythonX.Y` on PATH that can make virtual environments. On Debian, root with debootstrap also gets the
# release that ships the version, in build/pythons/<release>, and runs the tests in a chroot there.
# Prints NOT TESTED for each version that is not available. Exits with 1 if tests failed, not if a version is missing.
set -u
cd "$(dirname "$0")/.." || exit 1

declare -A RELEASES=([3.11]=bookworm [3.13]=trixie [3.14]=sid)
PACKAGES=python3,python3-venv,make,git,procps,tmux,ca-certificates
TESTS=${TESTS:-tests/rooms tests/cli tests/budgets}
BUILD=$PWD/build/pythons
failed=()

main() {
    (($#)) || set -- 3.11 3.12 3.13 3.14
    for version in "$@"; do
        if test_version "$version"; then
            [[ ${ONE_OF:-} ]] && break
        else
            echo "NOT TESTED: Python $version (no interpreter here, and none could be brought)"
        fi
    done
    ((${#failed[@]} == 0)) || { echo "Tests failed under Python ${failed[*]}" >&2; exit 1; }
}

# Returns 0 if the tests ran under the version, whether they passed or not.
test_version() {
    if is_usable "python$1"; then
        prepare_venv "python$1" "$BUILD/venv-$1" || return 1
        echo "== Python $1 on this machine"
        run_pytest "$BUILD/venv-$1/bin/python" || failed+=("$1")
    elif can_bring "$1"; then
        prepare_chroot "$BUILD/${RELEASES[$1]}" "$1" || return 1
        echo "== Python $1 in a chroot of Debian ${RELEASES[$1]}"
        enter "$BUILD/${RELEASES[$1]}" run_pytest .venv/bin/python || failed+=("$1")
    else
        return 1
    fi
}

is_usable() {
    command -v "$1" >/dev/null && "$1" -c 'import ensurepip, venv' 2>/dev/null
}

can_bring() {
    [[ ${RELEASES[$1]:-} ]] && ((EUID == 0)) && command -v debootstrap unshare apt-get >/dev/null
}

# prepare_venv PYTHON VENV
prepare_venv() {
    [[ -x $2/bin/python ]] || "$1" -m venv "$2" || return 1
    sh tools/setup.sh "$2" && sh tools/setup.sh "$2" dev
}

run_pytest() {
    "$1" -m compileall -q src
    # shellcheck disable=SC2086  # TESTS holds several words
    "$1" -m pytest -q -n 2 --dist loadfile -p no:cacheprovider ${QUICK:+-m 'not slow'} $TESTS
}

# prepare_chroot ROOT VERSION: brings the release if it is not there yet, and this tree and its virtual environment into it
prepare_chroot() {
    local root=$1 mirror
    if [[ ! -e $root/complete ]]; then
        mirror=$(apt-get indextargets --format '$(SITE)' | grep -v security | sort -u | head -n 1)
        rm -rf "$root" && mkdir -p "$BUILD"
        echo "Bringing Debian $(basename "$root") for Python $2 ..."
        timeout 900 debootstrap --variant=minbase --include="$PACKAGES" "$(basename "$root")" "$root" "$mirror" >"$root.log" 2>&1 ||
            return 1
        touch "$root/complete"
    fi
    [[ $(chroot "$root" python3 -c 'import sys; print("%d.%d" % sys.version_info[:2])') == "$2" ]] || return 1
    for file in /etc/resolv.conf /etc/hosts /etc/pip.conf /etc/ssl/certs/ca-certificates.crt "$HOME/.config/pip/pip.conf"; do
        [[ -e $file ]] && mkdir -p "$root$(dirname "$file")" && cp -L "$file" "$root$file"
    done
    find "$root/gage" -mindepth 1 -maxdepth 1 ! -name .venv -exec rm -rf {} + 2>/dev/null
    mkdir -p "$root/gage"
    git ls-files -z | tar --null -T - -cf - | tar -xf - -C "$root/gage" || return 1
    enter "$root" prepare_venv python3 .venv
}

# enter ROOT COMMAND ...: calls a function of this script inside a chroot, with mounts that end with it
enter() {
    local root=$1
    shift
    # CI is unset: tests of shells and languages that the chroot does not have are skipped there
    env -u CI unshare --mount bash -c '
        for folder in proc dev dev/pts; do mount --bind "/$folder" "$0/$folder" || exit 1; done
        exec chroot "$0" bash /gage/tools/test_pythons.sh --call "$@"' "$root" "$@"
}

export TESTS QUICK=${QUICK:-}
if [[ ${1:-} == --call ]]; then
    shift
    "$@"
else
    main "$@"
fi
