package report

import (
	"fmt"
	"sort"
	"strings"
)

// Render writes counts as a table.
func Render(counts map[string]int) string {
	keys := make([]string, 0, len(counts))
	for key := range counts {
		keys = append(keys, key)
	}
	sort.Strings(keys)
	var b strings.Builder
	for _, key := range keys {
		fmt.Fprintf(&b, "%-8s%4d\n", key, counts[key])
	}
	return b.String()
}
