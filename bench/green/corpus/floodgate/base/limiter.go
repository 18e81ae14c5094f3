// Package floodgate limits how often something may happen.
package floodgate

import "time"

// Limiter is a token bucket.
type Limiter struct {
	rate   Rate
	burst  int
	tokens float64
	last   time.Time
	now    func() time.Time
}

// New returns a full bucket.
func New(rate Rate, burst int, now func() time.Time) *Limiter {
	return &Limiter{rate: rate, burst: burst, tokens: float64(burst), last: now(), now: now}
}

// Allow reports whether one event may happen now, and takes a token if so.
func (l *Limiter) Allow() bool {
	t := l.now()
	l.tokens += t.Sub(l.last).Seconds() / l.rate.Per.Seconds() * float64(l.rate.N)
	if l.tokens > float64(l.burst) {
		l.tokens = float64(l.burst)
	}
	l.last = t
	if l.tokens < 1 {
		return false
	}
	l.tokens--
	return true
}
