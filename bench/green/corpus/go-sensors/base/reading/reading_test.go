package reading

import (
	"errors"
	"math"
	"testing"
)

func TestCheck(t *testing.T) {
	for name, test := range map[string]struct {
		reading Reading
		want    error
	}{
		"fine":       {Reading{Station: "roof", Celsius: 21.5}, nil},
		"no station": {Reading{Celsius: 21.5}, ErrStation},
		"too cold":   {Reading{Station: "roof", Celsius: -90.1}, ErrRange},
		"too hot":    {Reading{Station: "roof", Celsius: 70.1}, ErrRange},
		"the limit":  {Reading{Station: "roof", Celsius: 70}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			if err := test.reading.Check(); !errors.Is(err, test.want) {
				t.Errorf("Check() = %v, want %v", err, test.want)
			}
		})
	}
}

func TestFahrenheit(t *testing.T) {
	if got := (Reading{Celsius: 37}).Fahrenheit(); math.Abs(got-98.6) > 1e-9 {
		t.Errorf("Fahrenheit() = %v", got)
	}
}

func celsius(readings []Reading) []float64 {
	out := []float64{}
	for _, each := range readings {
		out = append(out, each.Celsius)
	}
	return out
}

func equal(a, b []float64) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if a[i] != b[i] {
			return false
		}
	}
	return true
}

func TestRingIsEmpty(t *testing.T) {
	if got := NewRing(3).All(); len(got) != 0 {
		t.Errorf("All() = %v", got)
	}
}

func TestRingForgetsTheOldest(t *testing.T) {
	ring := NewRing(3)
	for i := 1; i <= 5; i++ {
		ring.Add(Reading{Celsius: float64(i)})
	}
	if got := celsius(ring.All()); !equal(got, []float64{3, 4, 5}) {
		t.Errorf("All() = %v", got)
	}
}

func TestRingGivesACopy(t *testing.T) {
	ring := NewRing(2)
	ring.Add(Reading{Celsius: 1})
	ring.All()[0].Celsius = 9
	if got := celsius(ring.All()); !equal(got, []float64{1}) {
		t.Errorf("All() = %v", got)
	}
}
