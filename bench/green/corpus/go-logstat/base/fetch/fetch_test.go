package fetch

import (
	"net/http"
	"net/http/httptest"
	"reflect"
	"testing"
	"time"
)

// serve answers with the statuses one after the other, the last one for ever.
func serve(t *testing.T, statuses ...int) (url string, calls *int) {
	t.Helper()
	calls = new(int)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		status := statuses[min(*calls, len(statuses)-1)]
		*calls++
		w.WriteHeader(status)
		_, _ = w.Write([]byte("log"))
	}))
	t.Cleanup(server.Close)
	return server.URL, calls
}

func client(waits *[]time.Duration) *Client {
	return &Client{HTTP: http.DefaultClient, Attempts: 3, Sleep: func(d time.Duration) { *waits = append(*waits, d) }}
}

func TestTriesAgain(t *testing.T) {
	var waits []time.Duration
	url, _ := serve(t, 500, 503, 200)
	body, err := client(&waits).Get(url)
	if err != nil {
		t.Fatal(err)
	}
	if string(body) != "log" || !reflect.DeepEqual(waits, []time.Duration{time.Second, 2 * time.Second}) {
		t.Fatalf("got %q after %v", body, waits)
	}
}

func TestGivesUp(t *testing.T) {
	var waits []time.Duration
	url, calls := serve(t, 500)
	if _, err := client(&waits).Get(url); err == nil {
		t.Fatal("no error")
	}
	if *calls != 3 {
		t.Fatalf("%d calls", *calls)
	}
}

func TestNotFoundIsFinal(t *testing.T) {
	var waits []time.Duration
	url, calls := serve(t, 404)
	if _, err := client(&waits).Get(url); err == nil || *calls != 1 {
		t.Fatalf("got %v after %d calls", err, *calls)
	}
}
