package cache

import (
	"errors"
	"sync"
	"time"
)

// ErrMissing is returned for a key that is not kept.
var ErrMissing = errors.New("missing")

// Clock tells the time.
type Clock interface{ Now() time.Time }

type entry struct {
	value   string
	expires time.Time
}

// Cache keeps values for a while.
type Cache struct {
	mu      sync.Mutex
	clock   Clock
	ttl     time.Duration
	max     int
	entries map[string]entry
	order   []string
}

// New makes a cache.
func New(clock Clock, ttl time.Duration) *Cache {
	return &Cache{clock: clock, ttl: ttl, max: 3, entries: map[string]entry{}}
}

// Put keeps a value.
func (c *Cache) Put(key, value string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if _, ok := c.entries[key]; !ok {
		c.order = append(c.order, key)
	}
	c.entries[key] = entry{value, c.clock.Now().Add(c.ttl)}
	for len(c.order) > c.max {
		delete(c.entries, c.order[0])
		c.order = c.order[1:]
	}
}

// Get returns a value.
func (c *Cache) Get(key string) (string, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	kept, ok := c.entries[key]
	if !ok || c.clock.Now().After(kept.expires) {
		return "", ErrMissing
	}
	return kept.value, nil
}

// Len returns how many are kept.
func (c *Cache) Len() int {
	return len(c.entries)
}
