// Package stats counts what happens.
package stats

// Stats are counters by name.
type Stats struct {
	counts map[string]int
}

// New gives counters at zero.
func New() *Stats {
	return &Stats{counts: map[string]int{}}
}

// Add counts one more.
func (s *Stats) Add(name string) {
	s.counts[name]++
}

// Count is how often a name was added.
func (s *Stats) Count(name string) int {
	return s.counts[name]
}

// Reset sets all to zero.
func (s *Stats) Reset() {
	s.counts = map[string]int{}
}
