#!/usr/bin/env bash
# Installs the pinned wheel of EZKL into .opg/ezkl, unless it is there.
set -euo pipefail
. "$(dirname "$0")/../env.sh"

INTO="$ROOT/.opg/ezkl"
if cmp -s "$ROOT/scripts/requirements-ezkl.txt" "$INTO/requirements.txt"; then exit 0; fi
[ -x "$VENV_PYTHON" ] || die "there is no .opg/venv yet: run scripts/setup.sh first."
say "EZKL: installing into .opg/ezkl (about 60 MB to fetch)"
"$VENV_PYTHON" -m venv --clear "$INTO"
"$INTO/bin/python" -m pip install --quiet --disable-pip-version-check --only-binary=:all: -r "$ROOT/scripts/requirements-ezkl.txt" ||
	die "pip could not install scripts/requirements-ezkl.txt: check the network and pip's configuration, then run this again."
# Written last: it says that all of the above went well.
cp "$ROOT/scripts/requirements-ezkl.txt" "$INTO/requirements.txt"
