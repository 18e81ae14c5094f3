// Package bill knows what the services cost.
package bill

import (
	"bufio"
	"fmt"
	"os"
	"strconv"
	"strings"
)

// LoadRates reads lines of a service and its price in cents.
func LoadRates(path string) (map[string]int, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	rates := map[string]int{}
	lines := bufio.NewScanner(file)
	for n := 1; lines.Scan(); n++ {
		name, price, found := strings.Cut(lines.Text(), " ")
		if !found {
			return nil, fmt.Errorf("%s:%d: no price", path, n)
		}
		cents, err := strconv.Atoi(price)
		if err != nil {
			return nil, fmt.Errorf("%s:%d: %w", path, n, err)
		}
		rates[name] = cents
	}
	return rates, lines.Err()
}
