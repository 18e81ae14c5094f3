// Package quotad keeps quotas: rates such as 10/s, buckets, and reports about them.
package quotad

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// ErrRate is what is wrong with a text that is no rate.
var ErrRate = errors.New("not a rate")

// Rate is a number of calls in a time.
type Rate struct {
	Count int
	Per   time.Duration
}

var units = map[string]time.Duration{"s": time.Second, "m": time.Minute, "h": time.Hour}

// ParseRate reads rates such as 10/s.
func ParseRate(text string) (Rate, error) {
	count, unit, found := strings.Cut(strings.TrimSpace(text), "/")
	per, known := units[strings.TrimSpace(unit)]
	number, err := strconv.Atoi(strings.TrimSpace(count))
	if !found || !known || err != nil || number < 1 {
		return Rate{}, fmt.Errorf("%w: %q", ErrRate, text)
	}
	return Rate{number, per}, nil
}
