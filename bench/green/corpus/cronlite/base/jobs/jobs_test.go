package jobs

import (
	"reflect"
	"testing"
	"time"
)

var noon = time.Date(2026, 1, 31, 12, 0, 0, 0, time.UTC)

func TestDue(t *testing.T) {
	list := New(Options{})
	for name, expr := range map[string]string{"early": "1 12 * * *", "late": "30 12 * * *"} {
		if err := list.Add(name, expr); err != nil {
			t.Fatal(err)
		}
	}
	if got := list.Due(noon, noon.Add(5*time.Minute)); !reflect.DeepEqual(got, []string{"early"}) {
		t.Errorf("due: %v", got)
	}
	if got := list.Log(); !reflect.DeepEqual(got, []string{`time=2026-01-31T12:01:00Z job="early"`}) {
		t.Errorf("log: %v", got)
	}
}

func TestAddRejects(t *testing.T) {
	if err := New(Options{}).Add("x", "* *"); err == nil {
		t.Error("no error")
	}
}
