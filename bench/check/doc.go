// Command check measures paddock check beside the five programs that a pipeline
// would run one after another: gitleaks, Conftest, Syft, OSV-Scanner without a
// network, and actionlint. Both sides look at the same copies of the same
// commits and use the same advisories; they take turns, and the median counts.
//
//	go run ./bench/check --corpus DIR --osv DIR [--rounds 3] [small] [medium] [large] [history] [start] [push] [growth]
//
// Nothing is fetched. The corpus is a folder of clones:
//
//	nodegoat   https://github.com/OWASP/NodeGoat   c5cb68a7084e   111 files
//	clutch     https://github.com/lyft/clutch      a6d39b3d6f3e   1,373 files, 2,035 commits
//	openbao    https://github.com/openbao/openbao  df6ce2cebaa8   5,382 files
//
// Advisories are a folder <ecosystem>/all.zip, as the mirrors of OSV offer it.
// Each line has a value, its limit and their ratio; a ratio over 1 misses the
// limit, and the exit code is 1 then. On a busy machine the ratios of CPU
// seconds say more than those of wall time.
package main
