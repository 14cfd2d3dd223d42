package controls

// hipaa is 45 CFR 164.312, technical safeguards.
func hipaa() Framework {
	return Framework{"HIPAA", "HIPAA Security Rule, 45 CFR 164.312", []Control{
		{"164.312(b)", "Audit controls: record and examine activity in systems with health information.", []Source{
			{"events", nil, nil, "Every act of people, apps and the system, in a log that nobody can change unseen."},
			{"access", nil, nil, "Who signed in, who held a token, which secrets were lent."},
			{"decisions", nil, nil, "What was allowed, on what facts."},
			{"incidents", nil, nil, "What was refused."},
		}, "Which records of a patient an app showed to whom: apps log that themselves. Examination of the log by people, but for who took packs and searched the log. Six years of keeping are the operator's duty."},
	}}
}
