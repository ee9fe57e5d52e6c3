// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors

// check answers whether a bearer token is good, with Go's net/http and golang-jwt: algorithm,
// signature, exp.
package main

import (
	"log"
	"net"
	"net/http"
	"os"
	"strings"

	"github.com/golang-jwt/jwt"
)

func main() {
	secret := []byte(os.Getenv("SECRET"))
	key := func(*jwt.Token) (interface{}, error) { return secret, nil }
	parser := jwt.NewParser(jwt.WithValidMethods([]string{"HS256"}))
	isGood := func(authorization string) bool {
		if !strings.HasPrefix(authorization, "Bearer ") {
			return false
		}
		var claims jwt.RegisteredClaims
		_, err := parser.ParseWithClaims(authorization[len("Bearer "):], &claims, key)
		return err == nil && claims.ExpiresAt != nil
	}
	http.HandleFunc("/check", func(reply http.ResponseWriter, request *http.Request) {
		if isGood(request.Header.Get("Authorization")) {
			reply.WriteHeader(http.StatusOK)
		} else {
			reply.WriteHeader(http.StatusUnauthorized)
		}
	})
	listener, err := net.Listen("tcp", os.Args[1])
	if err != nil {
		log.Fatal(err)
	}
	log.Fatal(http.Serve(listener, nil))
}
