package quotad

import (
	"sync"
	"time"
)

// Bucket lets so many calls through as its rate allows.
type Bucket struct {
	mu   sync.Mutex
	rate Rate
	left int
	full time.Time
	now  func() time.Time
}

// NewBucket is full.
func NewBucket(rate Rate, now func() time.Time) *Bucket {
	return &Bucket{rate: rate, left: rate.Count, full: now(), now: now}
}

// Take takes n calls, if there are so many left.
func (b *Bucket) Take(n int) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	if now := b.now(); now.Sub(b.full) >= b.rate.Per {
		b.left, b.full = b.rate.Count, now
	}
	if n > b.left {
		return false
	}
	b.left -= n
	return true
}
