package textstat

import (
	"fmt"
	"os"
)

// Load reads a text of at most max bytes.
func Load(path string, max int64) (string, error) {
	info, err := os.Stat(path)
	if err != nil {
		return "", fmt.Errorf("cannot load text: %v", err)
	}
	if info.Size() > max {
		return "", fmt.Errorf("cannot load text: %s is too large", path)
	}
	b, err := os.ReadFile(path)
	if err != nil {
		return "", fmt.Errorf("cannot load text: %v", err)
	}
	return string(b), nil
}
