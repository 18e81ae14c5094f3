// Package fetch gets logs from servers that are busy at times.
package fetch

import (
	"fmt"
	"io"
	"net/http"
	"time"
)

type Client struct {
	HTTP     *http.Client
	Sleep    func(time.Duration)
	Attempts int
}

func (c *Client) Get(url string) ([]byte, error) {
	var last error
	for i := 0; i < c.Attempts; i++ {
		if i > 0 {
			c.Sleep(time.Duration(i) * time.Second)
		}
		res, err := c.HTTP.Get(url)
		if err != nil {
			last = err
			continue
		}
		body, err := io.ReadAll(res.Body)
		res.Body.Close()
		if err != nil {
			last = err
			continue
		}
		if res.StatusCode >= 500 {
			last = fmt.Errorf("status %d", res.StatusCode)
			continue
		}
		if res.StatusCode != http.StatusOK {
			return nil, fmt.Errorf("status %d", res.StatusCode)
		}
		return body, nil
	}
	return nil, fmt.Errorf("after %d attempts: %w", c.Attempts, last)
}
