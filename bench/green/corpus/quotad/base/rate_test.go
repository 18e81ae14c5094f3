package quotad

import (
	"errors"
	"testing"
	"time"
)

func TestParseRate(t *testing.T) {
	for _, c := range []struct {
		text string
		want Rate
	}{
		{"10/s", Rate{10, time.Second}},
		{"5/m", Rate{5, time.Minute}},
		{"1/h", Rate{1, time.Hour}},
		{" 3 / s ", Rate{3, time.Second}},
	} {
		got, err := ParseRate(c.text)
		if err != nil || got != c.want {
			t.Errorf("ParseRate(%q) = %v, %v; want %v", c.text, got, err, c.want)
		}
	}
}

func TestParseRateJunk(t *testing.T) {
	for _, text := range []string{"", "10", "x/s", "0/s", "-1/s", "1/d"} {
		if _, err := ParseRate(text); !errors.Is(err, ErrRate) {
			t.Errorf("ParseRate(%q) gives %v", text, err)
		}
	}
}
