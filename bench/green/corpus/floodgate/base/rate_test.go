package floodgate

import (
	"testing"
	"time"
)

func TestParseRate(t *testing.T) {
	tests := []struct {
		in   string
		want Rate
		bad  bool
	}{
		{in: "10/s", want: Rate{10, time.Second}},
		{in: " 300/m ", want: Rate{300, time.Minute}},
		{in: "5/h", want: Rate{5, time.Hour}},
		{in: "0/s", want: Rate{0, time.Second}},
		{in: "10", bad: true},
		{in: "x/s", bad: true},
		{in: "1/day", bad: true},
	}
	for _, tc := range tests {
		got, err := ParseRate(tc.in)
		if (err != nil) != tc.bad {
			t.Errorf("ParseRate(%q): error %v", tc.in, err)
		}
		if got != tc.want {
			t.Errorf("ParseRate(%q) = %v, want %v", tc.in, got, tc.want)
		}
	}
}

func TestRateString(t *testing.T) {
	if s := (Rate{10, time.Second}).String(); s != "10/s" {
		t.Errorf("got %q", s)
	}
}
