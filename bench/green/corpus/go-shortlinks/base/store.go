package shortlink

import (
	"errors"
	"sync"
	"time"
)

var (
	ErrNotFound = errors.New("no such link")
	ErrTaken    = errors.New("slug is taken")
)

type Link struct {
	Slug    string
	Target  string
	Expires time.Time
}

type Store struct {
	mu    sync.RWMutex
	links map[string]Link
	now   func() time.Time
}

func NewStore(now func() time.Time) *Store {
	return &Store{links: map[string]Link{}, now: now}
}

func (s *Store) Add(l Link) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, ok := s.links[l.Slug]; ok {
		return ErrTaken
	}
	s.links[l.Slug] = l
	return nil
}

func (s *Store) Find(slug string) (Link, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	l, ok := s.links[slug]
	if !ok || (!l.Expires.IsZero() && s.now().After(l.Expires)) {
		return Link{}, ErrNotFound
	}
	return l, nil
}
