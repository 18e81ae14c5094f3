package queue

import "testing"

func TestPopGivesTheOldest(t *testing.T) {
	q := New()
	q.Push("a")
	q.Push("b")
	if got := q.Pop(); got != "a" {
		t.Fatalf("got %q, want a", got)
	}
}

func TestOrderOfThree(t *testing.T) {
	q := New()
	for _, item := range []string{"x", "y", "z"} {
		q.Push(item)
	}
	for _, want := range []string{"x", "y", "z"} {
		if got := q.Pop(); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

func TestLen(t *testing.T) {
	for _, c := range []struct {
		name  string
		items int
	}{{"none", 0}, {"one", 1}, {"three", 3}} {
		t.Run(c.name, func(t *testing.T) {
			q := New()
			for i := 0; i < c.items; i++ {
				q.Push("i")
			}
			if q.Len() != c.items {
				t.Errorf("Len() = %d, want %d", q.Len(), c.items)
			}
		})
	}
}

func TestPopOfAnEmptyQueue(t *testing.T) {
	if got := New().Pop(); got != "" {
		t.Errorf("got %q", got)
	}
}
