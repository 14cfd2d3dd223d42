package controls

// owasp is the OWASP Citizen Development Top 10 (CD-SEC-01 to 10), formerly the
// Low-Code/No-Code Top 10.
func owasp() Framework {
	return Framework{"OWASP", "OWASP Citizen Development Top 10", []Control{
		{"CD-SEC-01", "Blind trust", []Source{
			{"reports", nil, nil, "No code was merged unseen: what was looked at, and what was found."},
			{"approvals", nil, nil, "People who looked where the rules ask for it."},
			{"certificates", nil, nil, "Makers who took the course."},
		}, "Whether people read what they said yes to."},
		{"CD-SEC-02", "Account impersonation", []Source{
			{"grants", nil, nil, "Apps act as themselves: credentials are lent to an app, not to a person."},
			{"access", []string{"token.*", "session.*"}, nil, "Tokens and sessions, each of one person."},
		}, "Shared accounts at third parties."},
		{"CD-SEC-03", "Authorization misuse", []Source{
			{"decisions", nil, []string{"* deny", "* pending"}, "Acts that were refused or had to wait."},
			{"approvals", nil, nil, "Four eyes on what is sensitive."},
		}, "Rights inside an app: that is its code."},
		{"CD-SEC-04", "Sensitive data leakage and handling failures", []Source{
			{"vendors", nil, nil, "Agreement and review of each third party, at the time."},
			{"incidents", nil, nil, "Data that was kept in: refused hosts."},
			{"changes", []string{"push.refuse"}, nil, "Secrets that did not get into a repository."},
		}, "What an approved vendor does with data. Personal data inside an app's own store."},
		{"CD-SEC-05", "Authentication and secure communication failures", []Source{
			{"access", []string{"session.*", "link.*"}, nil, "Who signed in to Paddock."},
			{"grants", nil, nil, "Credentials that are added outside of the app's code."},
		}, "TLS between people and the installation."},
		{"CD-SEC-06", "Vulnerable and untrusted components", []Source{
			{"artifacts", nil, nil, "The parts list of every build, and where it was built."},
			{"reports", nil, nil, "Known holes that were looked for in each commit."},
		}, "Holes that became known after the build: hold the parts lists against a current list."},
		{"CD-SEC-07", "Security misconfiguration", []Source{
			{"governance", nil, nil, "Settings and rules as code, at each revision."},
			{"decisions", nil, []string{"app.create *", "app.deploy *"}, "Each app's own settings, held against the rules."},
		}, "The host's configuration."},
		{"CD-SEC-08", "Injection handling failures", []Source{
			{"reports", nil, nil, "The code check of each commit."},
		}, "The built-in code check knows few patterns. Bring the results of a tool such as CodeQL or Semgrep."},
		{"CD-SEC-09", "Asset management failures", []Source{
			{"apps", nil, nil, "Every app, with owner, classification and state."},
			{"lifecycle", nil, nil, "From first form to archive, and why."},
			{"costs", nil, nil, "What each app cost."},
		}, "Apps that were made outside of Paddock."},
		{"CD-SEC-10", "Security logging and monitoring failures", []Source{
			{"events", nil, nil, "Every act, provable."},
			{"incidents", nil, nil, "What was recognised."},
		}, "What an app logs of its own users."},
	}}
}
