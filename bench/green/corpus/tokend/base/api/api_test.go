package api

import (
	"flag"
	"os"
	"reflect"
	"testing"
	"time"

	"example.test/tokend/store"
)

var update = flag.Bool("update", false, "rewrite golden files")

func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	file := "testdata/" + name + ".json"
	got = append(got, '\n')
	if *update {
		if err := os.WriteFile(file, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if string(got) != string(want) {
		t.Errorf("%s differs:\n got %s\nwant %s", file, got, want)
	}
}

func TestRender(t *testing.T) {
	b, err := Render(store.Token{ID: "a", Subject: "ada", Expires: time.Date(2024, 5, 1, 12, 0, 0, 0, time.UTC)})
	if err != nil {
		t.Fatal(err)
	}
	golden(t, "token", b)
}

func TestParseScopes(t *testing.T) {
	if got := ParseScopes("read  write"); !reflect.DeepEqual(got, []string{"read", "write"}) {
		t.Errorf("got %q", got)
	}
}
