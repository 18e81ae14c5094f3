package bill

import "testing"

func TestSplit(t *testing.T) {
	shares := Split(9, 2)
	if len(shares) != 2 || shares[0] != 4.5 || Total(shares) != 9 {
		t.Errorf("got %v", shares)
	}
}
