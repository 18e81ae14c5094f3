// Package reading has what a sensor says, and keeps the last of it.
package reading

import (
	"errors"
	"fmt"
	"time"
)

var (
	ErrStation = errors.New("no station")
	ErrRange   = errors.New("out of range")
)

type Reading struct {
	Station string    `json:"station"`
	Celsius float64   `json:"celsius"`
	At      time.Time `json:"at"`
}

func (r Reading) Check() error {
	if r.Station == "" {
		return ErrStation
	}
	if r.Celsius < -90 || r.Celsius > 70 {
		return fmt.Errorf("%w: %.1f", ErrRange, r.Celsius)
	}
	return nil
}

// Fahrenheit is for the displays in the old hall.
func (r Reading) Fahrenheit() float64 {
	return r.Celsius*9/5 + 32
}

// Ring keeps the last readings, the oldest first.
type Ring struct {
	kept []Reading
	next int
	full bool
}

func NewRing(size int) *Ring {
	return &Ring{kept: make([]Reading, size)}
}

func (r *Ring) Add(reading Reading) {
	r.kept[r.next] = reading
	r.next = (r.next + 1) % len(r.kept)
	r.full = r.full || r.next == 0
}

func (r *Ring) All() []Reading {
	if !r.full {
		return append([]Reading{}, r.kept[:r.next]...)
	}
	return append(append([]Reading{}, r.kept[r.next:]...), r.kept[:r.next]...)
}
