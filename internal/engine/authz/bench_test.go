package authz

import (
	"testing"

	"github.com/paddock-dev/paddock/internal/core"
)

// BenchmarkCan asks for each right as each sort of caller, for one app. The goal
// is 20 microseconds a check.
func BenchmarkCan(b *testing.B) {
	var people []core.Person
	for _, p := range callers() {
		people = append(people, p)
	}
	perms := Permissions()
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		_ = Can(people[i%len(people)], perms[i/len(people)%len(perms)], &app)
	}
}
