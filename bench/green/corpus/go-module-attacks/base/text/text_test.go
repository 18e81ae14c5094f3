package text

import "testing"

func TestDouble(t *testing.T) {
	if got := Double("a"); got != "aa" {
		t.Errorf("got %q", got)
	}
}
