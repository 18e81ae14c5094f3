package cron

import "testing"

func TestParseRejects(t *testing.T) {
	for _, expr := range []string{
		"", "* * * *", "60 * * * *", "* 24 * * *", "* * 0 * *", "* * * 13 *", "0 0 * * 7",
		"5-1 * * * *", "*/0 * * * *", "a * * * *", "1-b * * * *",
	} {
		if _, err := Parse(expr); err == nil {
			t.Errorf("Parse(%q): no error", expr)
		}
	}
}

func TestParseField(t *testing.T) {
	for _, c := range []struct {
		text string
		want uint64
	}{
		{"*", 0b1111111},
		{"0", 0b1},
		{"1-3", 0b1110},
		{"*/2", 0b1010101},
		{"1,5-6", 0b1100010},
	} {
		if got, err := parseField(c.text, 0, 6); err != nil || got != c.want {
			t.Errorf("parseField(%q) = %b, %v; want %b", c.text, got, err, c.want)
		}
	}
}
