package quotatest

import "testing"

type counter struct{ failures int }

func (c *counter) Helper()               {}
func (c *counter) Errorf(string, ...any) { c.failures++ }

func TestSameReport(t *testing.T) {
	var c counter
	SameReport(&c, "a 1\n", "a 1\n")
	if c.failures != 0 {
		t.Errorf("the same is reported")
	}
	SameReport(&c, "a 1\n", "a 2\n")
	if c.failures != 1 {
		t.Errorf("another number is not reported")
	}
}
