package cron

import (
	"testing"
	"time"
)

func TestNext(t *testing.T) {
	for _, c := range []struct{ expr, from, want string }{
		{"* * * * *", "2026-01-31 12:00", "2026-01-31 12:01"},
		{"30 6 * * *", "2026-01-31 06:30", "2026-02-01 06:30"},
		{"0 0 1 4 *", "2026-01-31 12:00", "2026-04-01 00:00"},
		{"0 0 29 2 *", "2026-03-15 00:00", "2028-02-29 00:00"},
		{"0 9 * * 1", "2026-01-31 12:00", "2026-02-02 09:00"},
		{"59 23 31 12 *", "2026-12-31 23:58", "2026-12-31 23:59"},
		{"0 0 31 2 *", "2026-01-01 00:00", "0001-01-01 00:00"},
	} {
		s, err := Parse(c.expr)
		if err != nil {
			t.Fatal(err)
		}
		from, err := time.Parse("2006-01-02 15:04", c.from)
		if err != nil {
			t.Fatal(err)
		}
		if got := s.Next(from).Format("2006-01-02 15:04"); got != c.want {
			t.Errorf("%q after %s: %s, want %s", c.expr, c.from, got, c.want)
		}
	}
}
