package quotad

import (
	"testing"
	"time"
)

func TestTake(t *testing.T) {
	now := time.Unix(0, 0)
	b := NewBucket(Rate{3, time.Second}, func() time.Time { return now })
	if !b.Take(2) || b.Take(2) || !b.Take(1) {
		t.Error("it does not let three through")
	}
	now = now.Add(time.Second)
	if !b.Take(3) {
		t.Error("it is not full after a second")
	}
}
