// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// Signs or verifies with golang-jwt what an array on standard input asks for, in JSON; answers in
// JSON. golang-jwt reads no JWKs, so that is done here.
package main

import (
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rsa"
	"encoding/base64"
	"encoding/json"
	"errors"
	"log"
	"math/big"
	"os"

	"github.com/golang-jwt/jwt"
)

type request struct {
	Alg      string
	Jwk      map[string]string
	Claims   jwt.MapClaims
	Token    string
	Issuer   string
	Audience string
}

var curves = map[string]elliptic.Curve{
	"P-256": elliptic.P256(), "P-384": elliptic.P384(), "P-521": elliptic.P521(),
}

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}

func (r request) bytes(member string) []byte {
	value, err := base64.RawURLEncoding.DecodeString(r.Jwk[member])
	check(err)
	return value
}

func (r request) number(member string) *big.Int {
	return new(big.Int).SetBytes(r.bytes(member))
}

// The private key, or the public one where the JWK has no other.
func (r request) key() interface{} {
	_, isPrivate := r.Jwk["d"]
	switch r.Jwk["kty"] {
	case "oct":
		return r.bytes("k")
	case "RSA":
		public := rsa.PublicKey{N: r.number("n"), E: int(r.number("e").Int64())}
		if !isPrivate {
			return &public
		}
		primes := []*big.Int{r.number("p"), r.number("q")}
		return &rsa.PrivateKey{PublicKey: public, D: r.number("d"), Primes: primes}
	case "EC":
		public := ecdsa.PublicKey{Curve: curves[r.Jwk["crv"]], X: r.number("x"), Y: r.number("y")}
		if !isPrivate {
			return &public
		}
		return &ecdsa.PrivateKey{PublicKey: public, D: r.number("d")}
	default:
		if !isPrivate {
			return ed25519.PublicKey(r.bytes("x"))
		}
		return ed25519.NewKeyFromSeed(r.bytes("d"))
	}
}

func (r request) sign() string {
	token := jwt.NewWithClaims(jwt.GetSigningMethod(r.Alg), r.Claims)
	token.Header["kid"] = r.Jwk["kid"]
	signed, err := token.SignedString(r.key())
	check(err)
	return signed
}

func (r request) verify() map[string]interface{} {
	parser := jwt.Parser{ValidMethods: []string{r.Alg}}
	claims := jwt.MapClaims{}
	_, err := parser.ParseWithClaims(r.Token, claims, func(*jwt.Token) (interface{}, error) {
		return r.key(), nil
	})
	var invalid *jwt.ValidationError
	if errors.As(err, &invalid) {
		if invalid.Errors == jwt.ValidationErrorSignatureInvalid {
			return map[string]interface{}{"error": "signature invalid"}
		}
		return map[string]interface{}{"error": invalid.Error()}
	}
	check(err)
	if !claims.VerifyIssuer(r.Issuer, true) || !claims.VerifyAudience(r.Audience, true) {
		return map[string]interface{}{"error": "claims"}
	}
	return map[string]interface{}{"claims": claims}
}

func main() {
	var requests []request
	check(json.NewDecoder(os.Stdin).Decode(&requests))
	answers := []interface{}{}
	for _, r := range requests {
		if r.Claims != nil {
			answers = append(answers, r.sign())
		} else {
			answers = append(answers, r.verify())
		}
	}
	check(json.NewEncoder(os.Stdout).Encode(answers))
}
