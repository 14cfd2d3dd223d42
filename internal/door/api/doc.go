// Package api is the JSON door: OpenAPI 3.1 through huma, RFC 9457 problems, the
// same use cases and texts as the pages. Each operation decodes, asks the desk
// and encodes; no rules live here.
package api
