//go:build tools

// Package kubo pins the IPFS daemon that tests run against.
package kubo

import _ "github.com/ipfs/kubo/cmd/ipfs"
