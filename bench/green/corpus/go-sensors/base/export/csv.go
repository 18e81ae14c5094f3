// Package export writes readings for spreadsheets.
package export

import (
	"encoding/csv"
	"fmt"
	"io"
	"time"

	"example.com/sensors/reading"
)

func CSV(w io.Writer, readings []reading.Reading) error {
	rows := [][]string{{"station", "at", "celsius"}}
	for _, each := range readings {
		rows = append(rows, []string{
			each.Station,
			each.At.UTC().Format(time.RFC3339),
			fmt.Sprintf("%.2f", each.Celsius),
		})
	}
	return csv.NewWriter(w).WriteAll(rows)
}
