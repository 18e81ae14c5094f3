// Package alert says once when it gets hot, and once when that is over.
package alert

import (
	"fmt"
	"time"

	"example.com/sensors/reading"
)

type Monitor struct {
	High, Low float64
	// Quiet is the least time between two messages of one station.
	Quiet  time.Duration
	Notify func(text string)
	hot    map[string]bool
	last   map[string]time.Time
}

func New(high, low float64, notify func(string)) *Monitor {
	return &Monitor{
		High: high, Low: low, Notify: notify,
		hot: map[string]bool{}, last: map[string]time.Time{},
	}
}

func (m *Monitor) See(r reading.Reading) {
	switch {
	case !m.hot[r.Station] && r.Celsius >= m.High:
		m.hot[r.Station] = true
		m.say(r, "hot")
	case m.hot[r.Station] && r.Celsius < m.Low:
		m.hot[r.Station] = false
		m.say(r, "fine again")
	}
}

func (m *Monitor) say(r reading.Reading, what string) {
	now := time.Now()
	if last, ok := m.last[r.Station]; ok && now.Sub(last) < m.Quiet {
		return
	}
	m.last[r.Station] = now
	m.Notify(fmt.Sprintf("%s: %s (%.1f)", r.Station, what, r.Celsius))
}
