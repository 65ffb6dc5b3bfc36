#!/usr/bin/env bash
# Makes a fresh Debian or Ubuntu ready to build and run everything here; what is there already is left as it is.
set -euo pipefail
. "$(dirname "$0")/env.sh"

ezkl=
case "${1:-}" in
	"") ;;
	--ezkl) ezkl=yes ;;
	-h | --help)
		usage "setup.sh [--ezkl]    (as root, or with sudo where system packages are missing)    --ezkl: what proves answers as well"
		exit
		;;
	*) die "unknown option '$1': see --help." ;;
esac

MIN_RUST=1.92
SCRIPTS="$ROOT/scripts"
cd "$ROOT"

# Prints the first Python that all pinned wheels exist for and that can make virtual environments.
find_python() {
	local python
	for python in python3 /usr/bin/python3 python3.14 python3.13 python3.12 python3.11; do
		if "$python" -c 'import sys, venv, ensurepip; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 14))' 2>/dev/null; then
			echo "$python"
			return
		fi
	done
	return 1
}

venv_ready() { cmp -s "$SCRIPTS/requirements.txt" "$ROOT/.opg/venv/requirements.txt" && "$VENV_PYTHON" -c '' 2>/dev/null; }

packages() {
	local missing=()
	command -v protoc >/dev/null || missing+=(protobuf-compiler)
	command -v pkg-config >/dev/null || missing+=(pkg-config)
	pkg-config --exists openssl 2>/dev/null || missing+=(libssl-dev)
	command -v g++ >/dev/null || missing+=(g++)
	command -v perl >/dev/null || missing+=(perl)
	command -v git >/dev/null || missing+=(git)
	[ -s /etc/ssl/certs/ca-certificates.crt ] || missing+=(ca-certificates)
	venv_ready || find_python >/dev/null || missing+=(python3 python3-venv)
	if [ ${#missing[@]} -eq 0 ]; then
		say "packages: all there"
	else
		apt_install "${missing[@]}"
	fi
}

rust() {
	local version
	if ! command -v cargo >/dev/null || ! command -v rustc >/dev/null; then
		die "Rust $MIN_RUST or newer is needed and there is none: install rustup (https://rustup.rs, or 'apt-get install rustup' where the distribution has it), run 'rustup default stable', then run this again."
	fi
	version="$(rustc --version | cut -d ' ' -f 2)" ||
		die "rustc does not run: 'rustup default stable' gives it a toolchain; then run this again."
	at_least "$version" "$MIN_RUST" ||
		die "Rust $MIN_RUST or newer is needed and rustc is $version: run 'rustup update stable && rustup default stable', then run this again."
	say "Rust: $version"
	"$SCRIPTS/wasm-target.sh"
}

python() {
	local python
	if venv_ready; then
		say "Python packages: all there"
		return
	fi
	python="$(find_python)" ||
		die "a Python from 3.11 to 3.14 with its venv module is needed and python3 is not one: install one (python3.12 and python3.12-venv, say), then run this again."
	say "Python packages: installing into .opg/venv (about 120 MB to fetch)"
	"$python" -m venv --clear "$ROOT/.opg/venv"
	"$VENV_PYTHON" -m pip install --quiet --disable-pip-version-check --only-binary=:all: -r "$SCRIPTS/requirements.txt" ||
		die "pip could not install scripts/requirements.txt: check the network and pip's configuration, then run this again."
	# Written last: it says that all of the above went well.
	cp "$SCRIPTS/requirements.txt" "$ROOT/.opg/venv/requirements.txt"
}

onnxruntime() {
	local sum fetched
	case "$(uname -m)" in
		x86_64) sum=fc44112fbe06d7d689c57e11d3862031f64711007e4ee020f8eed5185fd2c1d3 ;;
		aarch64) sum=8aa3b76b28c778a2b1dd660d34161adb1d508c9ccd04ff9dc80e26eca5df8467 ;;
		*) die "ONNX Runtime is pinned for x86_64 and aarch64 only, and this is $(uname -m)." ;;
	esac
	if echo "$sum  $OPG_ONNXRUNTIME" | sha256sum --check --status 2>/dev/null; then
		say "ONNX Runtime: there, and its hash is right"
		return
	fi
	say "ONNX Runtime: fetching the library (24 MB)"
	mkdir -p "$(dirname "$OPG_ONNXRUNTIME")"
	fetched="$(mktemp -d -p "$(dirname "$OPG_ONNXRUNTIME")")"
	# shellcheck disable=SC2064
	trap "rm -rf '$fetched'" EXIT
	"$VENV_PYTHON" -m pip download --quiet --disable-pip-version-check --no-deps --require-hashes --only-binary=:all: \
		--implementation cp --python-version 3.11 --abi cp311 --platform "manylinux_2_28_$(uname -m)" \
		-d "$fetched" -r "$SCRIPTS/requirements-onnxruntime.txt" ||
		die "pip could not fetch the onnxruntime wheel: check the network and pip's configuration, then run this again."
	"$VENV_PYTHON" - "$fetched" <<-'PYTHON'
		import pathlib, re, sys, zipfile
		folder = pathlib.Path(sys.argv[1])
		with zipfile.ZipFile(next(folder.glob("*.whl"))) as wheel:
		    name, = [n for n in wheel.namelist() if re.search(r"/libonnxruntime\.so\.[0-9.]+$", n)]
		    (folder / "library").write_bytes(wheel.read(name))
	PYTHON
	echo "$sum  $fetched/library" | sha256sum --check --status ||
		die "the library in the onnxruntime wheel is not the pinned one: compare scripts/requirements-onnxruntime.txt with the hashes in scripts/setup.sh."
	chmod 755 "$fetched/library"
	mv "$fetched/library" "$OPG_ONNXRUNTIME"
}

packages
rust
python
onnxruntime
[ -z "$ezkl" ] || "$SCRIPTS/proofs/install-ezkl.sh"
say "setup: ready"
