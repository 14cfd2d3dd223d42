package edge

import (
	"context"

	"github.com/paddock-dev/paddock/internal/core"
)

type (
	callerKey    struct{}
	tokenKey     struct{}
	fromKey      struct{}
	requestIDKey struct{}
)

// WithCaller returns a context that carries the signed-in person.
func WithCaller(ctx context.Context, who core.Person) context.Context {
	return context.WithValue(ctx, callerKey{}, who)
}

// Caller returns the signed-in person, and false when nobody is signed in.
func Caller(ctx context.Context) (core.Person, bool) {
	who, ok := ctx.Value(callerKey{}).(core.Person)
	return who, ok
}

// WithRequestID returns a context that carries the id of the request.
func WithRequestID(ctx context.Context, id string) context.Context {
	return context.WithValue(ctx, requestIDKey{}, id)
}

// RequestID returns the id of the request, or "" outside of one.
func RequestID(ctx context.Context) string {
	id, _ := ctx.Value(requestIDKey{}).(string)
	return id
}

// WithToken returns a context that carries the access token that the caller came
// with.
func WithToken(ctx context.Context, c core.Credential) context.Context {
	return context.WithValue(ctx, tokenKey{}, c)
}

// Token returns the access token that the caller came with, and nil for a session.
func Token(ctx context.Context) *core.Credential {
	if c, ok := ctx.Value(tokenKey{}).(core.Credential); ok {
		return &c
	}
	return nil
}

func withFrom(ctx context.Context, address string) context.Context {
	return context.WithValue(ctx, fromKey{}, address)
}

// From returns the address that the request came from, with its port.
func From(ctx context.Context) string {
	address, _ := ctx.Value(fromKey{}).(string)
	return address
}
