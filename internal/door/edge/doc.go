// Package edge is what all HTTP doors share: the routes table, who is calling,
// limits, headers, the request id and one wide log event for each request.
package edge
