package main

import (
	"fmt"
	"os"

	"tideq/bill"
	"tideq/queue"
	"tideq/stats"
)

func main() {
	rates, err := bill.LoadRates("rates.txt")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	q := queue.New()
	s := stats.New()
	for _, id := range os.Args[1:] {
		q.Push(queue.Message{ID: id, Body: "reading"})
		s.Add("pushed")
	}
	for m, ok := q.Pop(); ok; m, ok = q.Pop() {
		fmt.Println(m.ID, m.Body)
	}
	fmt.Println(s.Count("pushed"), len(rates))
}
