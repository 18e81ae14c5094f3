package alert

import (
	"strings"
	"testing"
	"time"

	"example.com/sensors/reading"
)

func see(m *Monitor, station string, values ...float64) {
	for _, each := range values {
		m.See(reading.Reading{Station: station, Celsius: each})
	}
}

func monitor() (*Monitor, *[]string) {
	said := &[]string{}
	return New(30, 28, func(text string) { *said = append(*said, text) }), said
}

func check(t *testing.T, said []string, want ...string) {
	t.Helper()
	if got := strings.Join(said, "; "); got != strings.Join(want, "; ") {
		t.Errorf("said %q, want %q", got, strings.Join(want, "; "))
	}
}

func TestOnceHotOnceFine(t *testing.T) {
	m, said := monitor()
	see(m, "roof", 25, 30, 31, 29, 30, 27.9, 27)
	check(t, *said, "roof: hot (30.0)", "roof: fine again (27.9)")
}

func TestStationsApart(t *testing.T) {
	m, said := monitor()
	see(m, "roof", 31)
	see(m, "cellar", 31)
	check(t, *said, "roof: hot (31.0)", "cellar: hot (31.0)")
}

func TestQuiet(t *testing.T) {
	m, said := monitor()
	m.Quiet = 40 * time.Millisecond
	see(m, "roof", 31, 20, 31)
	check(t, *said, "roof: hot (31.0)")
	time.Sleep(50 * time.Millisecond)
	see(m, "roof", 20)
	check(t, *said, "roof: hot (31.0)", "roof: fine again (20.0)")
}
