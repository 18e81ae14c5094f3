package parse

import (
	"strings"
	"testing"
)

func TestLine(t *testing.T) {
	e, err := Line("GET /a 200 12")
	if err != nil || e != (Entry{"GET", "/a", 200, 12}) {
		t.Fatalf("got %+v, %v", e, err)
	}
}

func TestBadLines(t *testing.T) {
	for text, want := range map[string]string{
		"GET /a 200":      "3 fields instead of 4",
		"GET /a ok 12":    "status \"ok\"",
		"GET /a 200 fast": "time \"fast\"",
	} {
		if _, err := Line(text); err == nil || err.Error() != want {
			t.Errorf("%s: got %v", text, err)
		}
	}
}

func TestLines(t *testing.T) {
	entries, err := Lines(strings.NewReader("# day\n\nGET /a 200 1\nPUT /b 500 2\n"))
	if err != nil || len(entries) != 2 {
		t.Fatalf("got %v, %v", entries, err)
	}
	if _, err := Lines(strings.NewReader("GET /a 200 1\nhm\n")); err == nil || !strings.HasPrefix(err.Error(), "line 2:") {
		t.Fatalf("got %v", err)
	}
}
