// Package jobs keeps a list of named jobs and tells which are due.
package jobs

import (
	"fmt"
	"time"

	"example.com/cronlite/cron"
)

// Options of a List.
type Options struct {
	// LegacyLog writes the log lines of cronlite 1.x.
	LegacyLog bool
}

// List is a set of jobs.
type List struct {
	options Options
	jobs    map[string]*cron.Schedule
	log     []string
}

// New returns an empty list.
func New(options Options) *List {
	return &List{options: options, jobs: map[string]*cron.Schedule{}}
}

// Add adds a job or replaces the one of that name.
func (l *List) Add(name, expr string) error {
	schedule, err := cron.Parse(expr)
	if err != nil {
		return fmt.Errorf("job %s: %w", name, err)
	}
	l.jobs[name] = schedule
	return nil
}

// Due names the jobs that have a time after from, up to and including to.
func (l *List) Due(from, to time.Time) []string {
	var names []string
	for name, schedule := range l.jobs {
		if next := schedule.Next(from); !next.IsZero() && !next.After(to) {
			names = append(names, name)
			if l.options.LegacyLog {
				l.log = append(l.log, legacyLine(name, next))
			} else {
				l.log = append(l.log, fmt.Sprintf("time=%s job=%q", next.Format(time.RFC3339), name))
			}
		}
	}
	return names
}

// Log is what was due so far.
func (l *List) Log() []string { return l.log }
