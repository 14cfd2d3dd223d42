package findings

import "github.com/paddock-dev/paddock/internal/core"

var codeTexts = []Text{
	{
		Code: "code_eval", Check: "code", Severity: core.Blocker,
		Title: "Text is run as if it were code",
		What:  "`{call}` runs text as code.",
		Why:   "If a stranger can change that text, the stranger's code runs in your app.",
		Fix:   []string{"To read data, use `JSON.parse`.", "To pick one of many actions, keep them in a list by name.", "Take `{call}` out."},
		Example: map[string]string{
			"call": "eval",
		},
	},
	{
		Code: "code_unsafe_html", Check: "code", Severity: core.Blocker,
		Title:   "Text goes into the page unchecked",
		What:    "`{call}` puts a value into the page as HTML.",
		Why:     "If the value holds a script, it runs for each person who opens the page. It can act in their name.",
		Fix:     []string{"To show text, use `textContent`.", "To build a list, make each part with `document.createElement`.", "Take `{call}` out."},
		Example: map[string]string{"call": "innerHTML"},
	},
	{
		Code: "code_sql_built", Check: "code", Severity: core.Blocker,
		Title: "A database query is glued together from text",
		What:  "The query given to `{call}` is glued together from text and values.",
		Why:   "A person can type a value that changes the query. Then they can read or wipe all your data.",
		Fix: []string{
			"Write a question mark in the query for each value.",
			"Give the values on their own, as in `prepare(\"... where id = ?\").bind(id)`.",
		},
		Example: map[string]string{"call": "prepare"},
	},
	{
		Code: "code_tls_off", Check: "code", Severity: core.Blocker,
		Title:   "The safe connection is switched off",
		What:    "`{call}` turns off the check of who is at the other end.",
		Why:     "Others on the same network can then read and change what your app sends.",
		Fix:     []string{"Take this setting out.", "If the call then fails, ask the platform team to add the missing certificate."},
		Example: map[string]string{"call": "rejectUnauthorized"},
	},
	{
		Code: "code_open_cors", Check: "code", Severity: core.Blocker,
		Title: "Any web page may use your app as you",
		What:  "The app lets any web page call it as the person who visits.",
		Why:   "A bad web page could read your data through the browser of a colleague.",
		Fix: []string{
			"Name the one web page that may call your app, in place of all.",
			"Or take out `Access-Control-Allow-Credentials`.",
		},
	},
	{
		Code: "code_script_unpinned", Check: "code", Severity: core.Caution,
		Title:   "A script from elsewhere can change any day",
		What:    "The page loads a script from {host}, with no check of what it is.",
		Why:     "If that script changes, the new one runs in your app at once.",
		Fix:     []string{"Copy the script into your app, and load it from there.", "Or add the `integrity` value that {host} shows beside the script."},
		Example: map[string]string{"host": "cdn.example.com"},
	},
}
