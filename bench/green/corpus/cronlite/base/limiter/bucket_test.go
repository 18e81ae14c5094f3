package limiter

import (
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

var start = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)

func TestTake(t *testing.T) {
	b := &Bucket{Size: 2, Every: time.Second}
	for i, want := range []bool{true, true, false} {
		if got := b.Take(start); got != want {
			t.Errorf("take %d: %v", i, got)
		}
	}
	if !b.Take(start.Add(time.Second)) {
		t.Error("no token came back")
	}
}

func TestTakeConcurrent(t *testing.T) {
	t.Skip("#88: more tokens than Size under concurrent use")
	for round := 0; round < 50; round++ {
		b := &Bucket{Size: 1000, Every: time.Hour}
		var taken atomic.Int64
		var wg sync.WaitGroup
		for i := 0; i < 16; i++ {
			wg.Add(1)
			go func() {
				defer wg.Done()
				for j := 0; j < 500; j++ {
					if b.Take(start) {
						taken.Add(1)
					}
				}
			}()
		}
		wg.Wait()
		if taken.Load() != 1000 {
			t.Fatalf("round %d: %d tokens", round, taken.Load())
		}
	}
}
