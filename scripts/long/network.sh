#!/usr/bin/env bash
# Runs the network scenarios: four validators and a full node, from blocks and finality to an upgrade by referendum.
set -euo pipefail
exec "$(dirname "$0")/../network-test.sh" "$@"
