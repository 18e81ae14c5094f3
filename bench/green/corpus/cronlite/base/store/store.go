// Package store keeps the crontab of each user in a file.
package store

import (
	"encoding/json"
	"os"
)

// Jobs maps names to expressions.
type Jobs map[string]string

// Save writes the jobs to a file that only the owner may read.
func Save(path string, jobs Jobs) error {
	data, err := json.MarshalIndent(jobs, "", "  ")
	if err != nil {
		return err
	}
	return os.WriteFile(path, append(data, '\n'), 0o600)
}

// Load reads what Save wrote; a missing file has no jobs.
func Load(path string) (Jobs, error) {
	data, err := os.ReadFile(path)
	if os.IsNotExist(err) {
		return Jobs{}, nil
	}
	if err != nil {
		return nil, err
	}
	jobs := Jobs{}
	return jobs, json.Unmarshal(data, &jobs)
}
