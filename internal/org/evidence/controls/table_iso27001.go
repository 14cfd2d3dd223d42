package controls

// iso27001 is ISO/IEC 27001:2022, Annex A.
func iso27001() Framework {
	return Framework{"ISO 27001", "ISO/IEC 27001:2022, Annex A", []Control{
		{"A.5.3", "Segregation of duties", []Source{
			{"approvals", nil, nil, "Requester and committers never answered their own request."},
			{"decisions", nil, []string{"* pending"}, "Acts that waited for somebody else."},
		}, "Duties outside of Paddock, such as paying or hiring."},
		{"A.5.15", "Access control", []Source{
			{"governance", nil, nil, "The rules that were in force, as code, at each time."},
			{"decisions", nil, nil, "The rules applied: each answer with its input."},
			{"access", []string{"session.*", "token.*"}, nil, "Sign-ins and tokens."},
		}, "The written access policy, and physical access."},
		{"A.5.16", "Identity management", []Source{
			{"access", []string{"person.*"}, nil, "Accounts opened, switched off and on again."},
			{"people", nil, nil, "The accounts that acted, each of one person."},
		}, "Identities in the organisation's directory and their link to employment."},
		{"A.5.17", "Authentication information", []Source{
			{"access", []string{"link.*", "session.*", "token.*"}, nil, "One-time links, sessions and tokens: made, used and ended. Values are never recorded."},
			{"access", []string{"secret.*"}, nil, "Versions of secrets and who put them."},
		}, "Passwords and second factors: they are with the identity provider."},
		{"A.5.18", "Access rights", []Source{
			{"access", []string{"person.add", "person.switch_off", "person.switch_on"}, nil, "Rights given with an account, and taken away with it."},
			{"grants", nil, nil, "Rights for a time, with their ends."},
		}, "Regular reviews of rights: not recorded. Changes of roles after an account was opened."},
		{"A.8.2", "Privileged access rights", []Source{
			{"people", nil, nil, "Who holds platform or security roles at the export."},
			{"approvals", nil, nil, "What those roles said yes to."},
			{"access", []string{"person.add"}, nil, "Who was given such a role with the account."},
		}, "Elevation for a limited time is not offered yet: these roles are standing rights. Root on the host, owners of the database."},
		{"A.8.3", "Information access restriction", []Source{
			{"decisions", nil, []string{"app.create *", "app.deploy *"}, "Classification and region, enforced before an app exists and before it runs."},
			{"grants", nil, nil, "Which app could use which secret, and until when."},
			{"incidents", []string{"incident.egress_refused"}, nil, "Calls outside of what was allowed."},
		}, "Rights inside an app's own data: that is the app's code."},
		{"A.8.4", "Access to source code", []Source{
			{"changes", []string{"change.open", "change.update", "change.merge", "push.refuse"}, nil, "Every push that moved code, and those that were refused."},
			{"approvals", nil, nil, "Who let code into the main branch."},
		}, "Reading of code is not recorded."},
		{"A.8.5", "Secure authentication", []Source{
			{"access", []string{"session.start", "link.use"}, nil, "Each sign-in."},
		}, "Strength of sign-in, multi-factor and lock-out."},
		{"A.8.15", "Logging", []Source{
			{"events", nil, nil, "Every act, each with a proof that leads to one signed checkpoint."},
		}, "Logs of the host. Whether logs are kept long enough: hold the pack's checkpoint against later ones."},
		{"A.8.16", "Monitoring activities", []Source{
			{"incidents", nil, nil, "What was recognised."},
			{"costs", nil, nil, "What each app used, by month."},
			{"lifecycle", []string{"source.*", "app.idle"}, nil, "Times without facts, and apps that nobody used."},
		}, "Who looked at it. Monitoring of host and network."},
		{"A.8.17", "Clock synchronisation", []Source{
			{"events", nil, nil, "Each event's own time, and its place in the log: the order does not rest on the clock."},
		}, "Whether the host's clock is held to a time server: look at the host. A pack shows order, not accuracy."},
		{"A.8.32", "Change management", []Source{
			{"changes", nil, nil, "Each change from push to build, and each change of the rules."},
			{"reports", nil, nil, "The checks before each merge."},
			{"approvals", nil, nil, "The yes before the act."},
			{"deployments", nil, nil, "What went live, by which decision."},
			{"artifacts", nil, nil, "What was built, from which commit."},
		}, "Changes to the host, the database and Paddock itself."},
	}}
}
