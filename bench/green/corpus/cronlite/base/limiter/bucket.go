// Package limiter has a token bucket.
package limiter

import "time"

// Bucket holds up to Size tokens; one comes back every Every.
type Bucket struct {
	Size  int
	Every time.Duration

	used int
	last time.Time
}

// Take takes one token if there is one at the time now.
func (b *Bucket) Take(now time.Time) bool {
	if back := int(now.Sub(b.last) / b.Every); back > 0 {
		b.used -= back
		if b.used < 0 {
			b.used = 0
		}
		b.last = now
	}
	if b.used >= b.Size {
		return false
	}
	b.used++
	return true
}
