// Times gnark on a proof that snarkjs made, from wire bytes to verdict under a prepared key.
package main

import (
	"encoding/hex"
	"encoding/json"
	"fmt"
	"math/big"
	"os"
	"path/filepath"
	"strings"
	"time"

	curve "github.com/consensys/gnark-crypto/ecc/bn254"
	"github.com/consensys/gnark-crypto/ecc/bn254/fr"
	groth16 "github.com/consensys/gnark/backend/groth16/bn254"
	"github.com/consensys/gnark/logger"
)

const rounds = 200

func check(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, "gnark:", err)
		os.Exit(1)
	}
}

// Points as they go on the wire; those not on the curve or outside the subgroup are errors.
func g1(bytes []byte) (point curve.G1Affine, rest []byte) {
	_, err := point.SetBytes(bytes[:64])
	check(err)
	return point, bytes[64:]
}

func g2(bytes []byte) (point curve.G2Affine, rest []byte) {
	_, err := point.SetBytes(bytes[:128])
	check(err)
	return point, bytes[128:]
}

func readKey(bytes []byte) (key groth16.VerifyingKey) {
	key.G1.Alpha, bytes = g1(bytes)
	key.G2.Beta, bytes = g2(bytes)
	key.G2.Gamma, bytes = g2(bytes)
	key.G2.Delta, bytes = g2(bytes)
	for len(bytes) > 0 {
		var point curve.G1Affine
		point, bytes = g1(bytes)
		key.G1.K = append(key.G1.K, point)
	}
	check(key.Precompute())
	return key
}

func verify(key *groth16.VerifyingKey, inputs []byte, proof []byte) error {
	var read groth16.Proof
	read.Ar, proof = g1(proof)
	read.Bs, proof = g2(proof)
	read.Krs, _ = g1(proof)
	witness := make(fr.Vector, len(inputs)/32)
	for index := range witness {
		if err := witness[index].SetBytesCanonical(inputs[index*32 : (index+1)*32]); err != nil {
			return err
		}
	}
	return groth16.Verify(&read, key, witness)
}

func words(decimals ...string) (bytes []byte) {
	for _, decimal := range decimals {
		number, _ := new(big.Int).SetString(decimal, 10)
		bytes = append(bytes, number.FillBytes(make([]byte, 32))...)
	}
	return bytes
}

func read(folder, file string, into any) {
	text, err := os.ReadFile(filepath.Join(folder, file))
	check(err)
	check(json.Unmarshal(text, into))
}

func main() {
	// It logs every verification on standard output.
	logger.Disable()
	folder := os.Args[1]
	text, err := os.ReadFile(filepath.Join(folder, "vk.hex"))
	check(err)
	bytes, err := hex.DecodeString(strings.TrimSpace(string(text)))
	check(err)
	key := readKey(bytes)
	var file struct {
		A []string   `json:"pi_a"`
		B [][]string `json:"pi_b"`
		C []string   `json:"pi_c"`
	}
	read(folder, "proof0.json", &file)
	var public []string
	read(folder, "public0.json", &public)
	proof := words(file.A[0], file.A[1], file.B[0][1], file.B[0][0], file.B[1][1], file.B[1][0], file.C[0], file.C[1])
	inputs := words(public...)
	least := time.Duration(1 << 62)
	for round := 0; round < rounds; round++ {
		start := time.Now()
		check(verify(&key, inputs, proof))
		least = min(least, time.Since(start))
	}
	inputs[31] ^= 1
	if verify(&key, inputs, proof) == nil {
		check(fmt.Errorf("another statement was believed"))
	}
	fmt.Printf("{\"groth16_gnark_us\":%.1f}\n", float64(least.Nanoseconds())/1000)
}
