// Package cron reads crontab expressions and finds the times they name.
package cron

import (
	"fmt"
	"strconv"
	"strings"
)

// Schedule is a parsed expression; each field is a bit set.
type Schedule struct {
	minute, hour, dom, month, dow uint64
}

// Parse reads the five fields minute, hour, day of month, month and day of week.
func Parse(expr string) (*Schedule, error) {
	fields := strings.Fields(expr)
	if len(fields) != 5 {
		return nil, fmt.Errorf("cron: %d fields instead of 5 in %q", len(fields), expr)
	}
	var s Schedule
	for i, part := range []struct {
		set      *uint64
		min, max int
	}{{&s.minute, 0, 59}, {&s.hour, 0, 23}, {&s.dom, 1, 31}, {&s.month, 1, 12}, {&s.dow, 0, 6}} {
		bits, err := parseField(fields[i], part.min, part.max)
		if err != nil {
			return nil, fmt.Errorf("cron: %q: %w", expr, err)
		}
		*part.set = bits
	}
	return &s, nil
}

func parseField(text string, min, max int) (uint64, error) {
	var bits uint64
	for _, item := range strings.Split(text, ",") {
		body, stepText, hasStep := strings.Cut(item, "/")
		step := 1
		if hasStep {
			var err error
			if step, err = strconv.Atoi(stepText); err != nil || step < 1 {
				return 0, fmt.Errorf("bad step %q", item)
			}
		}
		from, to := min, max
		if body != "*" {
			first, last, isRange := strings.Cut(body, "-")
			var err error
			if from, err = strconv.Atoi(first); err != nil {
				return 0, fmt.Errorf("bad value %q", item)
			}
			if to = from; isRange {
				if to, err = strconv.Atoi(last); err != nil {
					return 0, fmt.Errorf("bad value %q", item)
				}
			}
		}
		if from < min || to > max || from > to {
			return 0, fmt.Errorf("%q is not within %d-%d", item, min, max)
		}
		for i := from; i <= to; i += step {
			bits |= 1 << uint(i)
		}
	}
	return bits, nil
}
