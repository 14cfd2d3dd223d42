// Package org opens a secret, which the test allows.
package org

import "github.com/paddock-dev/paddock/internal/core"

// Len is the length of a secret.
func Len(s core.Secret) int { return len(s.Open()) }
