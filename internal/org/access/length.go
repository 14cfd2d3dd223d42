package access

import (
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/paddock-dev/paddock/internal/core"
)

var lengthForm = regexp.MustCompile(`^(?:(\d{1,3})d)?(?:(\d{1,4})h)?(?:(\d{1,5})m)?$`)

// ParseLength reads how long access is to last: 30m, 2h, 1d, 1h30m. Errors:
// Invalid.
func ParseLength(text string) (time.Duration, error) {
	text = strings.ToLower(strings.ReplaceAll(strings.TrimSpace(text), " ", ""))
	m := lengthForm.FindStringSubmatch(strings.TrimSuffix(text, "in"))
	if text == "" || m == nil {
		return 0, core.Errorf(core.Invalid, "The length %.40q is not a time.", text).At("for").Hinted("Write for example 30m, 2h or 1d.")
	}
	var out time.Duration
	for i, unit := range []time.Duration{24 * time.Hour, time.Hour, time.Minute} {
		n, _ := strconv.Atoi("0" + m[i+1])
		out += time.Duration(n) * unit
	}
	return out, nil
}
