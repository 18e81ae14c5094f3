package shortlink

import (
	"os"
	"path/filepath"
	"testing"
)

func TestLoadConfig(t *testing.T) {
	cfg, err := LoadConfig("testdata/config.json")
	if err != nil {
		t.Fatal(err)
	}
	if cfg.Addr != ":9090" || cfg.TimeoutMs != 2500 || cfg.MaxLinks != 1000 {
		t.Fatalf("got %+v", cfg)
	}
}

func TestBrokenConfig(t *testing.T) {
	path := filepath.Join(t.TempDir(), "c.json")
	if err := os.WriteFile(path, []byte("{"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := LoadConfig(path); err == nil {
		t.Fatal("no error")
	}
}
