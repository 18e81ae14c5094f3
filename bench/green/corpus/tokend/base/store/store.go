// Package store keeps tokens in memory until they expire.
package store

import (
	"errors"
	"sync"
	"time"
)

// ErrNotFound is returned for tokens that are unknown or expired.
var ErrNotFound = errors.New("token not found")

// Token is what a client gets.
type Token struct {
	ID      string
	Subject string
	Expires time.Time
}

// Store is safe for concurrent use.
type Store struct {
	mu     sync.Mutex
	tokens map[string]Token
	now    func() time.Time
}

// New makes an empty store; now may be nil.
func New(now func() time.Time) *Store {
	if now == nil {
		now = time.Now
	}
	return &Store{tokens: map[string]Token{}, now: now}
}

// Put adds or replaces a token.
func (s *Store) Put(t Token) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.tokens[t.ID] = t
}

// Get finds a token that has not expired.
func (s *Store) Get(id string) (Token, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	t, ok := s.tokens[id]
	if !ok || !s.now().Before(t.Expires) {
		return Token{}, ErrNotFound
	}
	return t, nil
}

// Len counts what is stored, expired or not.
func (s *Store) Len() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.tokens)
}
