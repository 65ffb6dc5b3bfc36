#!/usr/bin/env bash
# Proves models of every kind with EZKL and holds `opg proof verify` against EZKL's own verifier, on proofs and on tampered ones.
set -euo pipefail
. "$(dirname "$0")/../env.sh"
. "$ROOT/scripts/processes.sh"

given=()
while [ $# -gt 0 ]; do
	case "$1" in
		--small) given+=(--small) && shift ;;
		--flips)
			[[ "${2:-}" =~ ^[1-9][0-9]*$ ]] || die "--flips takes a number from 1 on."
			given+=(--flips "$2")
			shift 2
			;;
		-h | --help)
			usage "long/ezkl.sh [--small] [--flips N]    two models only; bits of each proof to flip

builds nothing: run scripts/test.sh or scripts/demo.sh first. What was proved is kept in .opg/ezkl-models and taken as it is: remove it to prove anew."
			exit
			;;
		*) die "unknown option '$1': see --help." ;;
	esac
done
[ -x "$OPG_BIN" ] || die "there is no opg yet: run scripts/test.sh first."

"$ROOT/scripts/proofs/install-ezkl.sh"
python="$ROOT/.opg/ezkl/bin/python"
"$python" "$ROOT/scripts/proofs/check_ezkl.py" --opg "$OPG_BIN" --python "$python" --folder "$ROOT/.opg/ezkl-models" "${given[@]}"
