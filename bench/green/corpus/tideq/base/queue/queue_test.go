package queue

import "testing"

func TestOrder(t *testing.T) {
	q := New()
	q.Push(Message{ID: "a"})
	q.Push(Message{ID: "b"})
	if m, ok := q.Pop(); !ok || m.ID != "a" {
		t.Errorf("first is %v, %v", m, ok)
	}
	if q.Len() != 1 {
		t.Errorf("%d wait", q.Len())
	}
}

func TestPopOfNothing(t *testing.T) {
	if m, ok := New().Pop(); ok {
		t.Errorf("got %v", m)
	}
}

func TestDrain(t *testing.T) {
	q := New()
	q.Push(Message{ID: "a"})
	if all := q.Drain(); len(all) != 1 || q.Len() != 0 {
		t.Errorf("drained %v, %d left", all, q.Len())
	}
}
