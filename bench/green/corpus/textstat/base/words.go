package textstat

import (
	"sort"
	"strings"
)

// Count is a word and how often it was seen.
type Count struct {
	Word string
	N    int
}

// Top gives the n most frequent words, ties in alphabetical order.
func Top(s string, n int) []Count {
	seen := map[string]int{}
	for _, w := range strings.Fields(strings.ToLower(s)) {
		seen[w]++
	}
	out := make([]Count, 0, len(seen))
	for w, c := range seen {
		out = append(out, Count{w, c})
	}
	sort.Slice(out, func(i, j int) bool {
		if out[i].N != out[j].N {
			return out[i].N > out[j].N
		}
		return out[i].Word < out[j].Word
	})
	if len(out) > n {
		out = out[:n]
	}
	return out
}
