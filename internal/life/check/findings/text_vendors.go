package findings

import "github.com/paddock-dev/paddock/internal/core"

var vendorExample = map[string]string{"vendor": "mailer", "host": "api.example.com", "path": "src/app.ts", "state": "waiting for review", "approved": "`mailer`"}

var vendorTexts = []Text{
	{
		Code: "vendor_undeclared", Check: "vendors", Severity: core.Caution,
		Title:   "The app calls a host it does not list",
		What:    "{path} calls {host}, which is not listed in microapp.yaml.",
		Why:     "The running app may call only hosts on its list. This call will be refused.",
		Fix:     []string{"If you need {host}, add it under `vendors` in microapp.yaml.", "If not, take the call out."},
		Example: vendorExample,
	},
	{
		Code: "vendor_detected", Check: "vendors", Severity: core.Caution,
		Title:   "The app uses a vendor it does not list",
		What:    "{path} uses {vendor}, by: {how}. That is not listed in microapp.yaml.",
		Why:     "The running app may call only hosts on its list. And people should know where data goes.",
		Fix:     []string{"If you need {vendor}, add `{name}` with its hosts under `vendors` in microapp.yaml.", "If not, take it out of {path}."},
		Then:    []string{"Push again. If you do not need {vendor}, take it out of {path} in place of this."},
		Example: map[string]string{"path": "src/app.ts", "vendor": "Mailer", "name": "mailer", "how": "api.mailer.example"},
	},
	{
		Code: "vendor_new", Check: "vendors", Severity: core.Caution,
		Title:   "The company has not looked at this vendor",
		What:    "{path} uses {vendor}, by: {how}. The company has no such vendor.",
		Why:     "Data may go only to firms that the company has looked at. The running app cannot call it.",
		Fix:     []string{"Use one of these vendors: {approved}.", "Or ask the platform team to add `{name}`.", "Or take it out of {path}."},
		Example: map[string]string{"path": "src/app.ts", "vendor": "Stripe", "name": "stripe", "how": "stripe", "approved": "`mailer`"},
	},
	{
		Code: "vendor_unused", Check: "vendors", Severity: core.Note,
		Title:   "The app lists a vendor it may not use",
		What:    "microapp.yaml lists the vendor `{vendor}`. No call to it was found.",
		Why:     "A short list is a safe list. But a call can be built in a way that nobody sees.",
		Fix:     []string{"If your app does not call `{vendor}`, take it out of microapp.yaml.", "If it does, leave it as it is."},
		Example: map[string]string{"vendor": "mailer"},
	},
	{
		Code: "vendor_unknown", Check: "vendors", Severity: core.Blocker,
		Title:   "The app lists a vendor nobody knows",
		What:    "microapp.yaml lists the vendor `{vendor}`. The company has no such vendor.",
		Why:     "Data may go only to firms that the company has looked at.",
		Fix:     []string{"Use one of these vendors: {approved}.", "Or ask the platform team to add `{vendor}`."},
		Example: vendorExample,
	},
	{
		Code: "vendor_not_approved", Check: "vendors", Severity: core.Blocker,
		Title:   "The app lists a vendor that is not approved",
		What:    "microapp.yaml lists the vendor `{vendor}`. Its state is: {state}.",
		Why:     "Data may go only to firms that the company has agreed to.",
		Fix:     []string{"Wait until `{vendor}` is approved, or use one of these: {approved}.", "Then push again."},
		Example: vendorExample,
	},
	{
		Code: "vendor_host_unknown", Check: "vendors", Severity: core.Blocker,
		Title:   "A host does not belong to its vendor",
		What:    "microapp.yaml lists {host} under `{vendor}`. It is not a host of that vendor.",
		Why:     "Data could go to a firm that nobody has looked at.",
		Fix:     []string{"Check the spelling of {host}.", "If it is right, ask the platform team to add it to `{vendor}`."},
		Example: vendorExample,
	},
}

var dataExample = map[string]string{"path": "schema.sql", "category": "health", "name": "health", "fields": "`diagnosis`, `allergies`", "class": "internal", "needs": "phi"}

var dataTexts = []Text{
	{
		Code: "data_undeclared", Check: "data", Severity: core.Caution,
		Title:   "The app holds data it does not list",
		What:    "{path} holds {category} data: {fields}. microapp.yaml does not list it.",
		Why:     "People who agree to your app must know what it holds. The rules for it depend on that.",
		Fix:     []string{"Add `{name}` under `data` in microapp.yaml.", "If it is not such data, use a clearer name for the field."},
		Then:    []string{"Push again."},
		Example: dataExample,
	},
	{
		Code: "data_above_class", Check: "data", Severity: core.Caution,
		Title:   "The app holds data that needs more care",
		What:    "{path} holds {category} data: {fields}. Such an app must be `{needs}`. Yours is `{class}`.",
		Why:     "More people must agree before such data is kept. If it gets out, people are hurt.",
		Fix:     []string{"Add `{name}` under `data` in microapp.yaml.", "Set `classification` to `{needs}` there.", "Or take these fields out."},
		Then:    []string{"Push again. Or take these fields out in place of this."},
		Example: dataExample,
	},
	{
		Code: "data_found_above_classification", Check: "data", Severity: core.Caution,
		Title:   "Health or payment data in too open an app",
		What:    "{path} holds {category} data: {fields}. Such an app must be `{needs}`. Yours is `{class}`.",
		Why:     "More people must agree before such data is kept. If it gets out, people are hurt.",
		Fix:     []string{"Add `{name}` under `data` in microapp.yaml.", "Set `classification` to `{needs}` there.", "Or take these fields out."},
		Then:    []string{"Push again. Or take these fields out in place of this."},
		Example: dataExample,
	},
	{
		Code: "data_unseen", Check: "data", Severity: core.Note,
		Title:   "The app lists data that was not seen",
		What:    "microapp.yaml lists {category} data. No field for it was found.",
		Why:     "What your app says of itself should be true. But not all fields can be seen.",
		Fix:     []string{"If your app holds no such data, take it out of `data` in microapp.yaml.", "If it does, leave it as it is."},
		Example: dataExample,
	},
}
