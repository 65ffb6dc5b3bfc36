# shellcheck shell=bash
# What every script here shares: paths, the build's environment, `say` and `die`. Source it, do not run it.

ROOT="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"
export ROOT

# A rustup that was installed a moment ago is not on the PATH of this shell yet.
if ! command -v cargo >/dev/null && [ -x "${CARGO_HOME:-$HOME/.cargo}/bin/cargo" ]; then
	PATH="${CARGO_HOME:-$HOME/.cargo}/bin:$PATH"
fi

case "${CARGO_TARGET_DIR:=$ROOT/target}" in
	/*) ;;
	*) CARGO_TARGET_DIR="$PWD/$CARGO_TARGET_DIR" ;;
esac
export CARGO_TARGET_DIR
# The runtime's build needs the workspace even where the target directory lies outside of it.
export WASM_BUILD_WORKSPACE_HINT="$ROOT"
export OPENSSL_NO_VENDOR=1
export OPG_ONNXRUNTIME="$ROOT/.opg/onnxruntime/libonnxruntime.so"
# The library's wheel reports on its use otherwise.
export ORT_DISABLE_TELEMETRY=1
export VENV_PYTHON="$ROOT/.opg/venv/bin/python"

# Written by setup.sh: what this checkout's build needs beyond the above.
if [ -f "$ROOT/.opg/env" ]; then
	# shellcheck source=/dev/null
	. "$ROOT/.opg/env"
fi

# Scripts call each other: the clock starts with the first one.
export OPG_STARTED="${OPG_STARTED:-$(date +%s)}"

elapsed() { echo $(($(date +%s) - OPG_STARTED)); }

say() { printf '[%4d s] %s\n' "$(elapsed)" "$*"; }

die() {
	printf '[%4d s] %s: %s\n' "$(elapsed)" "$(basename "$0")" "$*" >&2
	exit 1
}

# Prints the second line of the calling script, its purpose, and what else is given.
usage() {
	sed -n '2s/^# //p' "$0"
	printf '\nusage: scripts/%s\n' "$*"
}

as_root() {
	if [ "$(id -u)" -eq 0 ]; then
		"$@"
	elif command -v sudo >/dev/null; then
		sudo "$@"
	else
		die "'$*' needs root: run it as root, then run this again."
	fi
}

# Installs the named packages; nothing is ever removed for them.
apt_install() {
	command -v apt-get >/dev/null ||
		die "this needs the Debian packages $*; there is no apt-get here: install their like, then run this again."
	say "installing packages: $*"
	if [ -z "${OPG_APT_UPDATED:-}" ]; then
		as_root apt-get -q update || die "'apt-get update' failed: check the network and the package sources, then run this again."
		export OPG_APT_UPDATED=yes
	fi
	as_root env DEBIAN_FRONTEND=noninteractive \
		apt-get -q install -y --no-install-recommends --no-remove "$@" ||
		die "apt-get could not install $*: see its message above, then run this again."
}

# True if version $1 is at least version $2.
at_least() { [ "$(printf '%s\n%s\n' "$2" "$1" | sort -V | head -n 1)" = "$2" ]; }
