package cache

import (
	"errors"
	"testing"
	"time"
)

type fakeClock struct{ now time.Time }

func (c *fakeClock) Now() time.Time { return c.now }

func newCache() (*Cache, *fakeClock) {
	clock := &fakeClock{time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC)}
	return New(clock, time.Minute), clock
}

func TestPutAndGet(t *testing.T) {
	c, _ := newCache()
	c.Put("a", "1")
	got, err := c.Get("a")
	if err != nil || got != "1" {
		t.Fatalf("got %q, %v", got, err)
	}
}

func TestExpiry(t *testing.T) {
	tests := []struct {
		name  string
		after time.Duration
		want  error
	}{
		{"at once", 0, nil},
		{"within", 59 * time.Second, nil},
		{"too late", 61 * time.Second, ErrMissing},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			c, clock := newCache()
			c.Put("a", "1")
			clock.now = clock.now.Add(tt.after)
			if _, err := c.Get("a"); !errors.Is(err, tt.want) {
				t.Errorf("got %v, want %v", err, tt.want)
			}
		})
	}
}

func TestEvictsTheOldest(t *testing.T) {
	c, _ := newCache()
	for _, key := range []string{"a", "b", "c", "d"} {
		c.Put(key, key)
	}
	if c.Len() != 3 {
		t.Errorf("got %d", c.Len())
	}
	if _, err := c.Get("a"); !errors.Is(err, ErrMissing) {
		t.Errorf("a is still there: %v", err)
	}
}
