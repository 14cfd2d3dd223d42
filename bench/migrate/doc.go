// Package migrate measures how a large installation moves from SQLite to
// PostgreSQL:
//
//	go test -run '^$' -bench . -benchtime 1x ./bench/migrate
//
// PADDOCK_BENCH_APPS says how many apps (100,000 by default); each has a
// decision, an hour of use, a fact and three events.
package migrate
