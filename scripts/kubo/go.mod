// Pins the IPFS daemon that tests and demos run against; scripts/ipfs.sh builds it.
module opg/kubo

go 1.26

require github.com/ipfs/kubo v0.43.0
