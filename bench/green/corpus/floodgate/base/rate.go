package floodgate

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// Rate is a number of events per interval.
type Rate struct {
	N   int
	Per time.Duration
}

var units = map[string]time.Duration{"s": time.Second, "m": time.Minute, "h": time.Hour}

// ParseRate reads a rate such as "10/s".
func ParseRate(s string) (Rate, error) {
	num, unit, ok := strings.Cut(strings.TrimSpace(s), "/")
	if !ok {
		return Rate{}, fmt.Errorf("rate %q: missing /", s)
	}
	n, err := strconv.Atoi(num)
	if err != nil {
		return Rate{}, fmt.Errorf("rate %q: %w", s, err)
	}
	per, ok := units[unit]
	if !ok {
		return Rate{}, fmt.Errorf("rate %q: unknown unit %q", s, unit)
	}
	return Rate{N: n, Per: per}, nil
}

func (r Rate) String() string {
	for name, d := range units {
		if d == r.Per {
			return fmt.Sprintf("%d/%s", r.N, name)
		}
	}
	return fmt.Sprintf("%d/%s", r.N, r.Per)
}
