package quotad

import (
	"fmt"
	"io"
	"sort"
)

// Report writes how much of each quota is used, by name.
func Report(w io.Writer, used map[string]int) error {
	names := make([]string, 0, len(used))
	for name := range used {
		names = append(names, name)
	}
	sort.Strings(names)
	for _, name := range names {
		if _, err := fmt.Fprintf(w, "%-10s%6d\n", name, used[name]); err != nil {
			return err
		}
	}
	return nil
}
