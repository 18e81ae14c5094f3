// Command cronlite prints the next times of a crontab expression.
package main

import (
	"flag"
	"fmt"
	"os"
	"time"

	"example.com/cronlite/cron"
)

func main() {
	n := flag.Int("n", 3, "how many times")
	flag.Parse()
	if err := run(flag.Arg(0), *n); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(expr string, n int) error {
	s, err := cron.Parse(expr)
	if err != nil {
		return err
	}
	t := time.Now()
	for i := 0; i < n; i++ {
		if t = s.Next(t); t.IsZero() {
			break
		}
		if _, err := fmt.Println(t.Format(time.RFC3339)); err != nil {
			return err
		}
	}
	return nil
}
