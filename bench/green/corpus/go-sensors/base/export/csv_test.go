package export

import (
	"bytes"
	"encoding/json"
	"os"
	"testing"

	"example.com/sensors/reading"
)

func TestCSV(t *testing.T) {
	input, err := os.ReadFile("testdata/day.json")
	if err != nil {
		t.Fatal(err)
	}
	var readings []reading.Reading
	if err := json.Unmarshal(input, &readings); err != nil {
		t.Fatal(err)
	}
	want, err := os.ReadFile("testdata/day.csv")
	if err != nil {
		t.Fatal(err)
	}
	var got bytes.Buffer
	if err := CSV(&got, readings); err != nil {
		t.Fatal(err)
	}
	if got.String() != string(want) {
		t.Errorf("got:\n%s\nwant:\n%s", got.String(), want)
	}
}
