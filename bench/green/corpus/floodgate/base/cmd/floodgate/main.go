// Command floodgate lets at most RATE lines per interval through from stdin.
package main

import (
	"bufio"
	"fmt"
	"os"
	"time"

	"example.org/floodgate"
)

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: floodgate RATE")
		os.Exit(2)
	}
	rate, err := floodgate.ParseRate(os.Args[1])
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	l := floodgate.New(rate, rate.N, time.Now)
	in := bufio.NewScanner(os.Stdin)
	for in.Scan() {
		if l.Allow() {
			fmt.Println(in.Text())
		}
	}
}
