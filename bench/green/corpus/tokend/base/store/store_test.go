package store

import (
	"testing"
	"time"
)

var t0 = time.Date(2024, 5, 1, 12, 0, 0, 0, time.UTC)

func at(t *time.Time) func() time.Time { return func() time.Time { return *t } }

func TestGet(t *testing.T) {
	now := t0
	s := New(at(&now))
	s.Put(Token{ID: "a", Subject: "ada", Expires: t0.Add(time.Minute)})
	got, err := s.Get("a")
	if err != nil || got.Subject != "ada" {
		t.Fatalf("Get = %v, %v", got, err)
	}
	now = t0.Add(time.Minute)
	if _, err := s.Get("a"); err != ErrNotFound {
		t.Fatalf("expired: %v, want ErrNotFound", err)
	}
}

func TestGetUnknown(t *testing.T) {
	if _, err := New(nil).Get("x"); err != ErrNotFound {
		t.Fatalf("got %v, want ErrNotFound", err)
	}
}
