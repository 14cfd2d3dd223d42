package outside

// sarif is the part of a SARIF 2.1.0 log that is read (OASIS SARIF 2.1.0, §3).
type sarif struct {
	Version string     `json:"version"`
	Runs    []sarifRun `json:"runs"`
}

type sarifRun struct {
	Tool struct {
		Driver     component   `json:"driver"`
		Extensions []component `json:"extensions"`
	} `json:"tool"`
	Invocations []struct {
		Successful *bool    `json:"executionSuccessful,omitempty"`
		Execution  []notice `json:"toolExecutionNotifications"`
		Settings   []notice `json:"toolConfigurationNotifications"`
	} `json:"invocations"`
	Bases    map[string]address `json:"originalUriBaseIds"`
	Versions []struct {
		Revision string `json:"revisionId"`
	} `json:"versionControlProvenance"`
	Artifacts []struct {
		Location address `json:"location"`
	} `json:"artifacts"`
	Results *[]sarifResult `json:"results,omitempty"` // nil if the run holds none on purpose
}

type component struct {
	Name     string       `json:"name"`
	Version  string       `json:"version"`
	Semantic string       `json:"semanticVersion"`
	Rules    []descriptor `json:"rules"`
}

type descriptor struct {
	ID       string  `json:"id"`
	Name     string  `json:"name"`
	Short    message `json:"shortDescription"`
	Full     message `json:"fullDescription"`
	Help     message `json:"help"`
	HelpURI  string  `json:"helpUri"`
	Messages map[string]struct {
		Text string `json:"text"`
	} `json:"messageStrings"`
	Defaults struct {
		Level string `json:"level"`
	} `json:"defaultConfiguration"`
	Properties bag `json:"properties"`
}

type bag struct {
	Severity any `json:"security-severity"` // a number, as text with most tools
	Tags     any `json:"tags"`              // a list of texts
}

type notice struct {
	Level   string  `json:"level"`
	Message message `json:"message"`
}

type message struct {
	Text      string   `json:"text"`
	Markdown  string   `json:"markdown"`
	ID        string   `json:"id"`
	Arguments []string `json:"arguments"`
}

type address struct {
	URI   string `json:"uri"`
	Base  string `json:"uriBaseId"`
	Index *int   `json:"index,omitempty"`
}

type sarifResult struct {
	RuleID    string     `json:"ruleId"`
	RuleIndex *int       `json:"ruleIndex,omitempty"`
	Rule      *reference `json:"rule,omitempty"`
	Kind      string     `json:"kind"`
	Level     string     `json:"level"`
	Message   message    `json:"message"`
	Locations []struct {
		Physical struct {
			Artifact address `json:"artifactLocation"`
			Region   struct {
				Line   int `json:"startLine"`
				Column int `json:"startColumn"`
			} `json:"region"`
		} `json:"physicalLocation"`
	} `json:"locations"`
	Partial      map[string]string `json:"partialFingerprints"`
	Fingerprints map[string]string `json:"fingerprints"`
	Baseline     string            `json:"baselineState"`
	Suppressions []struct {
		Status string `json:"status"`
	} `json:"suppressions"`
	Properties bag `json:"properties"`
}

type reference struct {
	ID        string `json:"id"`
	Index     *int   `json:"index,omitempty"`
	Component *struct {
		Index *int `json:"index,omitempty"`
	} `json:"toolComponent,omitempty"`
}
