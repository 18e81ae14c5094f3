package bill

import (
	"os"
	"path/filepath"
	"testing"
)

func written(t *testing.T, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "rates.txt")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestLoadRates(t *testing.T) {
	rates, err := LoadRates(written(t, "level 120\nwind 80\n"))
	if err != nil || rates["level"] != 120 || rates["wind"] != 80 {
		t.Errorf("got %v, %v", rates, err)
	}
}

func TestNoFile(t *testing.T) {
	if _, err := LoadRates("missing.txt"); err == nil {
		t.Error("no error")
	}
}
