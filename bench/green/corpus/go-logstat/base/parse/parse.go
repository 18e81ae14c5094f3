// Package parse reads lines such as: GET /a 200 12
package parse

import (
	"bufio"
	"fmt"
	"io"
	"strconv"
	"strings"
)

type Entry struct {
	Method, Path string
	Status, Ms   int
}

func Line(text string) (Entry, error) {
	fields := strings.Fields(text)
	if len(fields) != 4 {
		return Entry{}, fmt.Errorf("%d fields instead of 4", len(fields))
	}
	status, err := strconv.Atoi(fields[2])
	if err != nil {
		return Entry{}, fmt.Errorf("status %q", fields[2])
	}
	ms, err := strconv.Atoi(fields[3])
	if err != nil {
		return Entry{}, fmt.Errorf("time %q", fields[3])
	}
	return Entry{fields[0], fields[1], status, ms}, nil
}

// Lines skips blank lines and comments.
func Lines(r io.Reader) ([]Entry, error) {
	var entries []Entry
	scanner := bufio.NewScanner(r)
	for n := 1; scanner.Scan(); n++ {
		text := strings.TrimSpace(scanner.Text())
		if text == "" || strings.HasPrefix(text, "#") {
			continue
		}
		e, err := Line(text)
		if err != nil {
			return nil, fmt.Errorf("line %d: %w", n, err)
		}
		entries = append(entries, e)
	}
	return entries, scanner.Err()
}
