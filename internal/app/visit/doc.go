// Package visit comes to a Paddock server from outside, as people and programs
// do: a person with a browser and an access token, a git clone, and the server
// itself as a child process. The tour, its tests and the benchmarks use it.
package visit
