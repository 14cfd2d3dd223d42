// Package gen is the code that sqlc makes of the queries in ../queries: one
// method for each query. Only the store uses it.
package gen
