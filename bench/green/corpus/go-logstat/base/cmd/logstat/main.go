package main

import (
	"encoding/json"
	"fmt"
	"io"
	"os"

	"example.com/logstat/parse"
	"example.com/logstat/stats"
)

func run(path string, out io.Writer) error {
	file, err := os.Open(path)
	if err != nil {
		return err
	}
	defer file.Close()
	entries, err := parse.Lines(file)
	if err != nil {
		return err
	}
	return json.NewEncoder(out).Encode(stats.Summarise(entries))
}

func main() {
	if err := run(os.Args[1], os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
