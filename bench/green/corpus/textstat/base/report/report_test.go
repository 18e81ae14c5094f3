package report

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"example.org/textstat"
)

func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	want, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("got:\n%s\nwant:\n%s", got, want)
	}
}

func TestWrite(t *testing.T) {
	var b bytes.Buffer
	if err := Write(&b, []textstat.Count{{Word: "the", N: 12}, {Word: "fox", N: 3}}); err != nil {
		t.Fatal(err)
	}
	golden(t, "simple.golden", b.Bytes())
}
