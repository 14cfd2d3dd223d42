// Package outside takes in what other tools found, as SARIF 2.1.0: Semgrep,
// CodeQL, Snyk, Trivy, ESLint, Bandit and any other (CHK-3). Their results become
// findings like our own, and count the same.
//
// Tools differ in what they leave out, so reading is lenient: an address
// without its base, a result without a place, a rule without a level. It is
// strict where silence would pass for health: a run that failed, that says it is
// about another commit, or that was cut short makes the check incomplete. What a
// tool quotes is never shown, because some quote the very secret they found; the
// line is quoted from the app's own file.
//
// The fields that are read are declared here and not taken from a library: the
// one there is cannot tell a missing ruleIndex from the first rule.
package outside
