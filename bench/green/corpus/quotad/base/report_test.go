package quotad_test

import (
	"os"
	"strings"
	"testing"

	"example.com/quotad"
	"example.com/quotad/quotatest"
)

func TestReport(t *testing.T) {
	var out strings.Builder
	if err := quotad.Report(&out, map[string]int{"api": 3400}); err != nil {
		t.Fatal(err)
	}
	quotatest.SameReport(t, out.String(), "api         3400\n")
}

func ExampleReport() {
	_ = quotad.Report(os.Stdout, map[string]int{"web": 5, "mail": 12, "api": 3400, "cron": 1, "sms": 44, "fax": 2})
	// Output:
	// api         3400
	// cron           1
	// fax            2
	// mail          12
	// sms           44
	// web            5
}
