package floodgate

import (
	"testing"
	"time"
)

type clock struct{ t time.Time }

func (c *clock) now() time.Time          { return c.t }
func (c *clock) advance(d time.Duration) { c.t = c.t.Add(d) }

func TestBurstThenEmpty(t *testing.T) {
	c := &clock{}
	l := New(Rate{1, time.Second}, 3, c.now)
	for i := 0; i < 3; i++ {
		if !l.Allow() {
			t.Fatalf("event %d refused", i)
		}
	}
	if l.Allow() {
		t.Fatal("bucket should be empty")
	}
}

func TestRefill(t *testing.T) {
	c := &clock{}
	l := New(Rate{2, time.Second}, 1, c.now)
	l.Allow()
	c.advance(400 * time.Millisecond)
	if l.Allow() {
		t.Error("too early")
	}
	c.advance(100 * time.Millisecond)
	if !l.Allow() {
		t.Error("should have refilled")
	}
}

func TestNeverMoreThanBurst(t *testing.T) {
	c := &clock{}
	l := New(Rate{100, time.Second}, 2, c.now)
	c.advance(time.Hour)
	n := 0
	for l.Allow() {
		n++
	}
	if n != 2 {
		t.Errorf("%d events, want 2", n)
	}
}
