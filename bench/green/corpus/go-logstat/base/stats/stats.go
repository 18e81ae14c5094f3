package stats

import (
	"sort"

	"example.com/logstat/parse"
)

type Summary struct {
	Count, Errors, P95 int
}

func Summarise(entries []parse.Entry) Summary {
	s := Summary{Count: len(entries)}
	var times []int
	for _, e := range entries {
		times = append(times, e.Ms)
		if e.Status >= 500 {
			s.Errors++
		}
	}
	s.P95 = Percentile(times, 95)
	return s
}

// Percentile is 0 if there are no values.
func Percentile(values []int, p int) int {
	if len(values) == 0 {
		return 0
	}
	sorted := append([]int(nil), values...)
	sort.Ints(sorted)
	index := len(sorted) * p / 100
	if index >= len(sorted) {
		index = len(sorted) - 1
	}
	return sorted[index]
}
