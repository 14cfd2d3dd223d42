// Package one imports another adapter.
package one

import "github.com/paddock-dev/paddock/internal/adapter/two"

// Two is two.
const Two = two.Two
