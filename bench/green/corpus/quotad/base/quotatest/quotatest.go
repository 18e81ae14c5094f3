// Package quotatest helps with tests of programs that use quotad.
package quotatest

// Reporter is a *testing.T.
type Reporter interface {
	Helper()
	Errorf(format string, args ...any)
}

// SameReport reports if a report is not the wanted one.
func SameReport(t Reporter, got, want string) {
	t.Helper()
	if got != want {
		t.Errorf("report is\n%s\nwant\n%s", got, want)
	}
}
