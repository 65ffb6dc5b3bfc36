#!/usr/bin/env bash
# Plays two years of growing, steady and collapsing use on the real runtime, and writes tables to docs/economics and their plots.
set -euo pipefail
. "$(dirname "$0")/../env.sh"

folder="$ROOT/.opg/economy"
while [ $# -gt 0 ]; do
	case "$1" in
		--write)
			folder="$ROOT/docs/economics"
			shift
			;;
		-h | --help)
			usage "long/economy-simulation.sh [--write]
  --write  writes tables and plots to docs/economics, not to .opg/economy

Minutes of work. Every week of every scenario is checked: issuance falls by what burns, and each pot is explained to the unit."
			exit
			;;
		*) die "unknown option '$1': see --help." ;;
	esac
done

PLOTS="$ROOT/.opg/plots"
if ! cmp -s "$ROOT/scripts/requirements-plots.txt" "$PLOTS/requirements.txt"; then
	say "plotting library: installing into .opg/plots (about 40 MB to fetch)"
	"$VENV_PYTHON" -m venv --clear "$PLOTS"
	"$PLOTS/bin/python" -m pip install --quiet --disable-pip-version-check --only-binary=:all: -r "$ROOT/scripts/requirements-plots.txt" ||
		die "pip could not install scripts/requirements-plots.txt: check the network and pip's configuration, then run this again."
	# Written last: it says that all of the above went well.
	cp "$ROOT/scripts/requirements-plots.txt" "$PLOTS/requirements.txt"
fi

cd "$ROOT"
mkdir -p "$folder"
say "building"
cargo test --release --locked -p opg-runtime --test economy --no-run
say "playing three times two years"
OPG_ECONOMY_FOLDER="$folder" cargo test --release --locked -p opg-runtime --test economy -- --ignored two_years_of_each_use
"$PLOTS/bin/python" "$ROOT/scripts/plots/economy.py" "$folder"
