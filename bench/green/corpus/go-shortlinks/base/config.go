package shortlink

import (
	"encoding/json"
	"fmt"
	"os"
)

type Config struct {
	Addr      string
	TimeoutMs int
	MaxLinks  int
}

func LoadConfig(path string) (Config, error) {
	cfg := Config{Addr: ":8080", TimeoutMs: 5000, MaxLinks: 1000}
	data, err := os.ReadFile(path)
	if err != nil {
		return cfg, err
	}
	if err := json.Unmarshal(data, &cfg); err != nil {
		return cfg, fmt.Errorf("%s: %w", path, err)
	}
	return cfg, nil
}
