package main

import (
	"bytes"
	"errors"
	"strings"
	"testing"
)

type brokenReader struct{}

var errBroken = errors.New("broken pipe")

func (brokenReader) Read([]byte) (int, error) { return 0, errBroken }

func TestRun(t *testing.T) {
	var out bytes.Buffer
	if err := run(nil, strings.NewReader("a b a"), &out); err != nil {
		t.Fatal(err)
	}
	if got, want := out.String(), "a          2\nb          1\n"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestRunUpper(t *testing.T) {
	var out bytes.Buffer
	if err := run([]string{"-upper"}, strings.NewReader("a A"), &out); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(out.String(), "A          2") {
		t.Errorf("got %q", out.String())
	}
}

func TestRunBroken(t *testing.T) {
	if err := run(nil, brokenReader{}, &bytes.Buffer{}); !errors.Is(err, errBroken) {
		t.Errorf("got %v", err)
	}
}
