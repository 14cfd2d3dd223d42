// Package door holds a handler that is mounted beside the routes table.
package door

import web "net/http"

// Side answers beside the routes table.
func Side() { web.HandleFunc("/side", nil) }
