package shortlink

import (
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"strings"
)

type Server struct {
	Store *Store
}

func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method == http.MethodPost && r.URL.Path == "/links" {
		s.create(w, r)
		return
	}
	l, err := s.Store.Find(strings.TrimPrefix(r.URL.Path, "/"))
	if err != nil {
		http.Error(w, err.Error(), http.StatusNotFound)
		return
	}
	http.Redirect(w, r, l.Target, http.StatusFound)
}

func (s *Server) create(w http.ResponseWriter, r *http.Request) {
	var in struct{ Title, Target string }
	if err := json.NewDecoder(r.Body).Decode(&in); err != nil {
		http.Error(w, "no JSON", http.StatusBadRequest)
		return
	}
	target, err := url.Parse(in.Target)
	if err != nil || target.Host == "" {
		http.Error(w, "no address", http.StatusBadRequest)
		return
	}
	l := Link{Slug: Slug(in.Title), Target: in.Target}
	if err := s.Store.Add(l); errors.Is(err, ErrTaken) {
		http.Error(w, err.Error(), http.StatusConflict)
		return
	}
	w.WriteHeader(http.StatusCreated)
	_ = json.NewEncoder(w).Encode(map[string]string{"slug": l.Slug})
}
