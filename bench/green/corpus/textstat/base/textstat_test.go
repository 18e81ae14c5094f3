package textstat

import (
	"os"
	"path/filepath"
	"reflect"
	"testing"
)

func TestLines(t *testing.T) {
	for in, want := range map[string][]string{
		"":       nil,
		"a":      {"a"},
		"a\nb\n": {"a", "b"},
		"\n\n":   {"", ""},
	} {
		if got := Lines(in); !reflect.DeepEqual(got, want) {
			t.Errorf("Lines(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestTop(t *testing.T) {
	got := Top("b a B c a b", 2)
	want := []Count{{"b", 3}, {"a", 2}}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %v", got)
	}
}

func TestLoadErrors(t *testing.T) {
	dir := t.TempDir()
	missing := filepath.Join(dir, "missing")
	if _, err := Load(missing, 10); err == nil || err.Error() != "cannot load text: stat "+missing+": no such file or directory" {
		t.Errorf("missing: %v", err)
	}
	large := filepath.Join(dir, "large")
	if err := os.WriteFile(large, make([]byte, 11), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Load(large, 10); err == nil || err.Error() != "cannot load text: "+large+" is too large" {
		t.Errorf("large: %v", err)
	}
}
