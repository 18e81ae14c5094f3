package stats

import "testing"

func upTo(n int) []int {
	values := make([]int, n)
	for i := range values {
		values[i] = n - i
	}
	return values
}

func TestPercentile(t *testing.T) {
	for _, tc := range []struct {
		values  []int
		p, want int
	}{
		{nil, 95, 0},
		{[]int{7}, 95, 7},
		{upTo(10), 95, 10},
		{upTo(10), 100, 10},
	} {
		if got := Percentile(tc.values, tc.p); got != tc.want {
			t.Errorf("%d of %d values: got %d, want %d", tc.p, len(tc.values), got, tc.want)
		}
	}
}
