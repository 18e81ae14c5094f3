package shortlink

import (
	"errors"
	"testing"
	"time"
)

var noon = time.Date(2024, 5, 1, 12, 0, 0, 0, time.UTC)

func TestAddAndFind(t *testing.T) {
	s := NewStore(func() time.Time { return noon })
	if err := s.Add(Link{Slug: "a", Target: "http://a.example"}); err != nil {
		t.Fatal(err)
	}
	l, err := s.Find("a")
	if err != nil || l.Target != "http://a.example" {
		t.Fatalf("got %v, %v", l, err)
	}
}

func TestTaken(t *testing.T) {
	s := NewStore(func() time.Time { return noon })
	_ = s.Add(Link{Slug: "a"})
	if err := s.Add(Link{Slug: "a"}); !errors.Is(err, ErrTaken) {
		t.Fatalf("got %v", err)
	}
}

func TestExpired(t *testing.T) {
	now := noon
	s := NewStore(func() time.Time { return now })
	_ = s.Add(Link{Slug: "a", Expires: noon.Add(time.Hour)})
	if _, err := s.Find("a"); err != nil {
		t.Fatal(err)
	}
	now = noon.Add(2 * time.Hour)
	if _, err := s.Find("a"); !errors.Is(err, ErrNotFound) {
		t.Fatalf("got %v", err)
	}
}
