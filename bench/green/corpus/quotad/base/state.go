package quotad

import (
	"encoding/json"
	"os"
)

// Save writes what is used to a file.
func Save(path string, used map[string]int) error {
	text, err := json.Marshal(used)
	if err != nil {
		return err
	}
	return os.WriteFile(path, text, 0o600)
}

// Load reads what Save wrote.
func Load(path string) (map[string]int, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	var used map[string]int
	return used, json.Unmarshal(text, &used)
}
