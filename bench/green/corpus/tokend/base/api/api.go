// Package api renders tokens for clients.
package api

import (
	"encoding/json"
	"strings"
	"time"

	"example.test/tokend/store"
)

type view struct {
	ID      string `json:"id"`
	Subject string `json:"subject"`
	Expires string `json:"expires"`
}

// Render gives the JSON form of a token.
func Render(t store.Token) ([]byte, error) {
	return json.MarshalIndent(view{
		ID:      t.ID,
		Subject: t.Subject,
		Expires: t.Expires.UTC().Format(time.RFC3339),
	}, "", "  ")
}

// ParseScopes splits a scope string at spaces.
func ParseScopes(s string) []string {
	return strings.Fields(s)
}
