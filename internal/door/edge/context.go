package edge

import (
	"context"

	"github.com/paddock-dev/paddock/internal/core"
)

type (
	callerKey    struct{}
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
