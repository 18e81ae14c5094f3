package main

import (
	"flag"
	"fmt"
	"io"
	"os"
	"strings"

	"example.com/keep/report"
)

func run(args []string, in io.Reader, out io.Writer) error {
	flags := flag.NewFlagSet("keep", flag.ContinueOnError)
	upper := flags.Bool("upper", false, "count in upper case")
	if err := flags.Parse(args); err != nil {
		return err
	}
	text, err := io.ReadAll(in)
	if err != nil {
		return fmt.Errorf("reading: %w", err)
	}
	counts := map[string]int{}
	for _, word := range strings.Fields(string(text)) {
		if *upper {
			word = strings.ToUpper(word)
		}
		counts[word]++
	}
	_, err = io.WriteString(out, report.Render(counts))
	return err
}

func main() {
	if err := run(os.Args[1:], os.Stdin, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
