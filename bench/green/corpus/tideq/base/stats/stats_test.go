package stats

import "testing"

func TestCount(t *testing.T) {
	s := New()
	s.Add("sent")
	s.Add("sent")
	if s.Count("sent") != 2 || s.Count("lost") != 0 {
		t.Errorf("got %d, %d", s.Count("sent"), s.Count("lost"))
	}
}

func TestReset(t *testing.T) {
	s := New()
	s.Add("sent")
	s.Reset()
	if s.Count("sent") != 0 {
		t.Errorf("got %d", s.Count("sent"))
	}
}
