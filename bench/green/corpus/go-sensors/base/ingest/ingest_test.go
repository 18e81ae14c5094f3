package ingest

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"example.com/sensors/reading"
)

const good = `{"station":"roof","celsius":21.5,"at":"2024-06-01T12:00:00Z"}`

func call(s *Server, method, target, body string) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	s.ServeHTTP(w, httptest.NewRequest(method, target, strings.NewReader(body)))
	return w
}

func TestPost(t *testing.T) {
	for _, test := range []struct {
		name, body string
		status     int
		kept       int
	}{
		{"one", "[" + good + "]", http.StatusAccepted, 1},
		{"two", "[" + good + "," + good + "]", http.StatusAccepted, 2},
		{"none", "[]", http.StatusAccepted, 0},
		{"not JSON", "[", http.StatusBadRequest, 0},
		{"one of two is wrong", "[" + good + ",{}]", http.StatusUnprocessableEntity, 0},
		{"too long", "[" + strings.Repeat(good+",", 20) + good + "]", http.StatusBadRequest, 0},
	} {
		t.Run(test.name, func(t *testing.T) {
			s := &Server{Ring: reading.NewRing(10)}
			if got := call(s, "POST", "/", test.body).Code; got != test.status {
				t.Errorf("status %d, want %d", got, test.status)
			}
			if got := len(s.Ring.All()); got != test.kept {
				t.Errorf("%d kept, want %d", got, test.kept)
			}
		})
	}
}

func TestGet(t *testing.T) {
	s := &Server{Ring: reading.NewRing(10)}
	call(s, "POST", "/", "["+good+"]")
	if got := strings.TrimSpace(call(s, "GET", "/", "").Body.String()); got != "["+good+"]" {
		t.Errorf("GET = %s", got)
	}
}

func TestOtherMethods(t *testing.T) {
	if got := call(&Server{}, "PUT", "/", "").Code; got != http.StatusMethodNotAllowed {
		t.Errorf("status %d", got)
	}
}
