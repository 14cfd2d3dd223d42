package controls

// soc2 is the AICPA Trust Services Criteria, common criteria of 2017 with the
// points of focus of 2022.
func soc2() Framework {
	return Framework{"SOC 2", "SOC 2, Trust Services Criteria (common criteria)", []Control{
		{"CC6.1", "Access to systems and data is restricted by logical means.", []Source{
			{"access", []string{"session.*", "token.*"}, nil, "Each sign-in and each access token, with who and when."},
			{"decisions", nil, nil, "Each act that matters, judged by policy before it happened."},
			{"grants", nil, nil, "Credentials are lent for a time, never handed out; each with its end."},
		}, "Sign-in itself: the strength of the identity provider, multi-factor sign-in and devices. Access to the host, the database and the network."},
		{"CC6.2", "People are registered and authorised before they get access, and lose it when they leave.", []Source{
			{"access", []string{"person.add"}, nil, "Accounts that were opened, by whom and with which roles."},
			{"access", []string{"person.switch_off", "session.end", "token.revoke"}, nil, "Accounts, sessions and tokens that were ended."},
			{"people", nil, nil, "Who is named in the pack, with roles at the export."},
		}, "The request and the manager's yes for an account. Leaver lists of the personnel system, to hold ends against within the agreed hours."},
		{"CC6.3", "Rights follow roles, least privilege and separation of duties, and are reviewed.", []Source{
			{"approvals", nil, nil, "Four eyes: nobody answered their own request, and each yes is bound to one digest."},
			{"grants", nil, nil, "Rights that end by themselves, with how each ended."},
			{"certificates", nil, nil, "Training that rights rest on."},
		}, "Periodic reviews of who holds which role: Paddock does not record them. Changes of a person's roles after the account was opened are visible at the export only."},
		{"CC6.6", "The system is protected against threats from outside its boundary.", []Source{
			{"incidents", nil, nil, "Calls to hosts that are not approved, refused; limits that were hit."},
			{"vendors", nil, nil, "Third parties that apps may call, with agreement and review at the time."},
			{"changes", []string{"push.refuse"}, nil, "Pushes with a secret in them that were not kept."},
		}, "Firewalls, TLS certificates and intrusion detection around the installation."},
		{"CC7.2", "The system is watched for anomalies, and they are analysed.", []Source{
			{"incidents", nil, nil, "What was refused or hit a limit, with the app and the place."},
			{"events", nil, nil, "Every act, in a log that nobody can change unseen."},
			{"lifecycle", []string{"source.lost", "source.back"}, nil, "Times in which a source of facts could not be read."},
		}, "Monitoring of the host and the network. Who looked at an incident, and when."},
		{"CC7.3", "Security events are evaluated, and incidents are acted on.", []Source{
			{"incidents", nil, nil, "The incidents that Paddock recognised by itself."},
			{"access", []string{"secret.revoke", "lease.revoke", "person.switch_off", "token.revoke"}, nil, "Rights that were taken away."},
			{"lifecycle", []string{"app.stop", "app.archive"}, nil, "Apps that were taken out of service, and why."},
		}, "The evaluation itself: severity, cause, lessons. Paddock records what it did, not what people concluded."},
		{"CC8.1", "Changes are authorised, tested, approved and recorded before they take effect.", []Source{
			{"changes", []string{"change.open", "change.update", "change.check", "change.merge", "artifact.build", "governance.activate"}, nil, "Each change from push to build, and each change of the rules."},
			{"reports", nil, nil, "What the checks of each commit looked at and found."},
			{"decisions", nil, []string{"change.merge *", "app.deploy *"}, "The decision before each merge and each deployment, replayable."},
			{"approvals", nil, nil, "Who said yes to exactly this commit, before the act."},
			{"artifacts", nil, nil, "What was built from which commit, with parts list and signed provenance."},
			{"deployments", nil, nil, "What ran where, by which decision."},
		}, "Changes to the host, the database and Paddock itself. Tests that people did by hand."},
	}}
}
