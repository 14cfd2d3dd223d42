// Package life opens secrets in every way there is, and keeps state.
package life

import (
	"embed"
	"errors"
	"regexp"
	"sync"

	"github.com/paddock-dev/paddock/internal/core"
)

//go:embed life.go
var files embed.FS

var (
	errGood = errors.New("good")
	pattern = regexp.MustCompile("good")
	table   = map[string]int{"good": 1}
	counter = 0
	cache   = map[string]int{}
	lock    sync.Mutex
	signal         = make(chan int)
	pointer        = &struct{ n int }{}
	_       opener = core.Secret{}
)

type opener interface{ Open() []byte }

func init() { counter++ }

func work(s core.Secret, o opener, f func() []byte) (int, error) {
	f()
	s.Open()
	take := core.Secret.Open
	value := s.Open
	o.Open()
	cache["x"] = len(take(s)) + len(value())
	core.Roles[0] = "nobody"
	_, _, _, _ = files, pattern, signal, pointer
	lock.Lock()
	return table["good"], errGood
}
