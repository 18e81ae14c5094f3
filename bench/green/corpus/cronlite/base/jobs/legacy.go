package jobs

import (
	"fmt"
	"time"
)

// legacyLine is the log format of 1.x.
func legacyLine(name string, at time.Time) string {
	return fmt.Sprintf("[%s] RUN %s", at.Format("02/Jan/2006:15:04"), name)
}
