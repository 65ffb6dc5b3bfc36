#!/usr/bin/env bash
# Plays an adversary's strategies against the real pallets and checks that none pays while it holds a quarter of the bonds or less.
set -euo pipefail
. "$(dirname "$0")/../env.sh"

table=
while [ $# -gt 0 ]; do
	case "$1" in
		--table)
			table="${2:-}"
			[ -n "$table" ] || die "--table takes the name of a file to write."
			shift 2
			;;
		-h | --help)
			usage "long/adversary.sh [--table FILE]    writes the table, as Markdown, to FILE as well"
			exit
			;;
		*) die "unknown option '$1': see --help." ;;
	esac
done

LOG="$(mktemp "${TMPDIR:-/tmp}/opg-adversary.XXXXXX")"
trap 'rm -f "$LOG"' EXIT
if [ -n "$table" ]; then
	mkdir -p "$(dirname "$table")"
	OPG_ADVERSARY_TABLE="$(cd "$(dirname "$table")" && pwd)/$(basename "$table")"
	export OPG_ADVERSARY_TABLE
fi

cd "$ROOT"
say "building"
cargo test --release --locked -p opg-runtime --test adversary --no-run
say "playing: about fifteen minutes"
cargo test --release --locked -p opg-runtime --test adversary -- --ignored --nocapture the_whole_table | tee "$LOG" | grep -v '^cell	'

# A cell: row, share, mean, upper bound, wrong answers. "honest" stands where a share is too small for the strategy to differ from honest
# play at all.
awk -F '\t' '
	$1 != "cell" { next }
	$3 > 25 { next }
	{ cells++ }
	$3 == 25 && $6 > wrong { wrong = $6 }
	$4 == "honest" { next }
	!played++ || $4 > worst { worst = $4; strategy = $2 }
	$5 >= 0 { printf "not shown to lose: %s at %d %%: %.4g, upper end %.4g\n", $2, $3, $4, $5; failed++ }
	END {
		if (cells == 0) { print "there is no cell: the run did not end"; exit 1 }
		printf "adversary: worst profit at s <= 25 %%: %.4g (%s), accepted-wrong at 25 %%: %.4g %%\n", worst, strategy, wrong
		exit failed > 0
	}' "$LOG"
