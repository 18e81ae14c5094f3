// Package report prints counts as a table.
package report

import (
	"fmt"
	"io"

	"example.org/textstat"
)

// Write prints the table.
func Write(w io.Writer, counts []textstat.Count) error {
	for _, c := range counts {
		if _, err := fmt.Fprintf(w, "%-10s %4d\n", c.Word, c.N); err != nil {
			return err
		}
	}
	return nil
}
