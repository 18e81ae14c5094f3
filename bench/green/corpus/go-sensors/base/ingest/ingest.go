// Package ingest takes readings over HTTP.
package ingest

import (
	"encoding/json"
	"net/http"

	"example.com/sensors/reading"
)

const maxBody = 1 << 10

type Server struct {
	Ring *reading.Ring
}

func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	switch r.Method {
	case http.MethodGet:
		w.Header().Set("Content-Type", "application/json")
		_ = json.NewEncoder(w).Encode(s.Ring.All())
	case http.MethodPost:
		s.post(w, r)
	default:
		http.Error(w, "method", http.StatusMethodNotAllowed)
	}
}

func (s *Server) post(w http.ResponseWriter, r *http.Request) {
	var readings []reading.Reading
	if err := json.NewDecoder(http.MaxBytesReader(w, r.Body, maxBody)).Decode(&readings); err != nil {
		http.Error(w, "body", http.StatusBadRequest)
		return
	}
	for _, each := range readings {
		if err := each.Check(); err != nil {
			http.Error(w, err.Error(), http.StatusUnprocessableEntity)
			return
		}
	}
	for _, each := range readings {
		s.Ring.Add(each)
	}
	w.WriteHeader(http.StatusAccepted)
}
