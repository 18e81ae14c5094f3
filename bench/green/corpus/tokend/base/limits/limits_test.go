package limits

import (
	"testing"
	"time"
)

func TestClamp(t *testing.T) {
	for in, want := range map[time.Duration]time.Duration{
		time.Hour:      time.Hour,
		48 * time.Hour: Max,
		-time.Second:   0,
	} {
		if got := Clamp(in); got != want {
			t.Errorf("Clamp(%v) = %v, want %v", in, got, want)
		}
	}
}
