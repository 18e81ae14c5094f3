package shortlink

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

func call(h http.Handler, method, path, body string) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequest(method, path, strings.NewReader(body)))
	return w
}

func newServer() *Server {
	return &Server{Store: NewStore(func() time.Time { return noon })}
}

func TestCreateAndRedirect(t *testing.T) {
	s := newServer()
	w := call(s, "POST", "/links", "{\"title\": \"My Docs\", \"target\": \"http://localhost:9000/docs\"}")
	if w.Code != http.StatusCreated {
		t.Fatalf("got %d: %s", w.Code, w.Body)
	}
	w = call(s, "GET", "/my-docs", "")
	if w.Code != http.StatusFound || w.Header().Get("Location") != "http://localhost:9000/docs" {
		t.Fatalf("got %d %q", w.Code, w.Header().Get("Location"))
	}
}

func TestBadInput(t *testing.T) {
	for _, body := range []string{"", "[]", "{\"title\": \"x\", \"target\": \"nowhere\"}"} {
		if w := call(newServer(), "POST", "/links", body); w.Code != http.StatusBadRequest {
			t.Errorf("%q: got %d", body, w.Code)
		}
	}
}

func TestExpiredLink(t *testing.T) {
	s := newServer()
	_ = s.Store.Add(Link{Slug: "old", Target: "http://a.example", Expires: noon.Add(-time.Minute)})
	if w := call(s, "GET", "/old", ""); w.Code != http.StatusNotFound {
		t.Fatalf("got %d", w.Code)
	}
}
