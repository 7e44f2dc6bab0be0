#!/usr/bin/env bash
# Runs once, as root, when Gradescope builds the autograder's image: installs Python 3.11 or newer and the grader.
#
# The environment lies outside of /autograder/source, which is root's alone: student code has to be able to load numpy.
# AUTOGRADER_PYTHON names the Python to take; pip's own variables (PIP_INDEX_URL, PIP_NO_DEPS) work as everywhere.
set -euo pipefail
umask 022

SOURCE=/autograder/source
ENVIRONMENT=/opt/autograder

usable() {
    command -v "$1" > /dev/null && "$1" -c 'import sys, ensurepip, venv; sys.exit(sys.version_info < (3, 11))' 2> /dev/null
}

find_python() {
    for python in "${AUTOGRADER_PYTHON:-}" python3.14 python3.13 python3.12 python3.11 python3; do
        if usable "$python"; then
            return
        fi
    done
    python=""
}

find_python
if [ -z "$python" ]; then
    export DEBIAN_FRONTEND=noninteractive
    apt-get update
    # Ubuntu 24.04 has the first, 22.04 the second.
    apt-get install -y --no-install-recommends python3.12 python3.12-venv \
        || apt-get install -y --no-install-recommends python3.11 python3.11-venv
    find_python
fi
if [ -z "$python" ]; then
    echo "setup.sh: no Python 3.11 or newer here, and none to install; choose the base image Ubuntu 22.04 or newer" >&2
    exit 1
fi

"$python" -m venv --clear "$ENVIRONMENT"
pip=("$ENVIRONMENT/bin/python" -m pip --disable-pip-version-check install)
# The libraries in the versions that the course was verified with; where this Python has none of them, the newest.
wanted=("$SOURCE"/*.whl --requirement "$SOURCE/imports.txt")
if ! "${pip[@]}" --constraint "$SOURCE/constraints.txt" "${wanted[@]}"; then
    echo "setup.sh: not in the versions of constraints.txt; installing the newest"
    "${pip[@]}" "${wanted[@]}"
fi
# Only for this machine, if at all: where namespaces are forbidden, as on Gradescope, another sandbox is taken.
for wheel in "$SOURCE"/*.whl; do
    "${pip[@]}" "$wheel[sandbox]" || echo "setup.sh: no bubblewrap for this machine; graded without it"
done

chmod -R go-rwx "$SOURCE"
"$ENVIRONMENT/bin/autograder" doctor \
    || echo "setup.sh: no sandbox starts while the image is built; try a submission of your own before students do"
