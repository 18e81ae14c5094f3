package cache

import (
	"fmt"
	"testing"
)

func TestGetAndPut(t *testing.T) {
	c := New(2)
	c.Put("a", "1")
	if v, ok := c.Get("a"); !ok || v != "1" {
		t.Fatalf("got %q, %v", v, ok)
	}
	if _, ok := c.Get("b"); ok {
		t.Fatal("found what is not there")
	}
	c.Put("a", "2")
	if v, _ := c.Get("a"); v != "2" || c.Len() != 1 {
		t.Fatalf("got %q of %d", v, c.Len())
	}
}

func TestEvictsTheLeastRecentlyUsed(t *testing.T) {
	c := New(2)
	c.Put("a", "1")
	c.Put("b", "2")
	c.Get("a")
	c.Put("c", "3")
	if _, ok := c.Get("b"); ok {
		t.Error("b is there still")
	}
	if _, ok := c.Get("a"); !ok {
		t.Error("a is gone")
	}
}

func TestMany(t *testing.T) {
	c := New(100)
	for i := 0; i < 50000; i++ {
		c.Put(fmt.Sprint(i), "x")
	}
	if c.Len() != 100 {
		t.Fatalf("got %d", c.Len())
	}
}
