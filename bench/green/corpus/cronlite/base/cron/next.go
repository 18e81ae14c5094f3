package cron

import "time"

func has(bits uint64, i int) bool { return bits&(1<<uint(i)) != 0 }

func (s *Schedule) matches(t time.Time) bool {
	return has(s.month, int(t.Month())) && has(s.dom, t.Day()) && has(s.dow, int(t.Weekday())) &&
		has(s.hour, t.Hour()) && has(s.minute, t.Minute())
}

// Next is the first matching minute after t, or the zero time if there is none within eight years.
func (s *Schedule) Next(t time.Time) time.Time {
	limit := t.AddDate(8, 0, 0)
	for t = t.Truncate(time.Minute).Add(time.Minute); t.Before(limit); t = t.Add(time.Minute) {
		if s.matches(t) {
			return t
		}
	}
	return time.Time{}
}
