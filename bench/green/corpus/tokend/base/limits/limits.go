// Package limits decides how long tokens may live.
package limits

import "time"

// Max is the longest life of a token.
const Max = 24 * time.Hour

// Clamp brings a wish into the allowed range.
func Clamp(d time.Duration) time.Duration {
	if d > Max {
		return Max
	}
	if d < 0 {
		return 0
	}
	return d
}
