package main

import (
	"log"
	"net/http"
	"os"
	"time"

	"example.com/shortlink"
)

func main() {
	cfg, err := shortlink.LoadConfig(os.Args[1])
	if err != nil {
		log.Fatal(err)
	}
	log.Fatal(http.ListenAndServe(cfg.Addr, &shortlink.Server{Store: shortlink.NewStore(time.Now)}))
}
