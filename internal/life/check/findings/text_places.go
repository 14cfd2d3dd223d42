package findings

import "github.com/paddock-dev/paddock/internal/core"

var placeTexts = []Text{
	{
		Code: "region_not_allowed", Check: "regions", Severity: core.Blocker,
		Title:   "The app may not run in this region",
		What:    "microapp.yaml asks for the region `{region}`. This app may use: {allowed}.",
		Why:     "Data of this kind must stay in the places the company has agreed to.",
		Fix:     []string{"In microapp.yaml, change `region` to one of: {allowed}.", "Push again."},
		Then:    []string{"Push again."},
		Example: map[string]string{"region": "us-west-2", "allowed": "`eu-sovereign`, `us-east-1`"},
	},
	{
		Code: "region_reference", Check: "regions", Severity: core.Blocker,
		Title:   "A file points to a region that is not allowed",
		What:    "{path} points to the region `{region}`. This app may use: {allowed}.",
		Why:     "Data of this kind must stay in the places the company has agreed to.",
		Fix:     []string{"In {path}, use one of these regions: {allowed}.", "If the service runs only there, ask the platform team for another one."},
		Then:    []string{"Push again."},
		Example: map[string]string{"path": "src/app.ts", "region": "us-west-2", "allowed": "`eu-sovereign`"},
	},
	{
		Code: "region_host", Check: "regions", Severity: core.Blocker,
		Title:   "A file calls a service in another country",
		What:    "{path} calls {host}. That is {service}, in: {countries}. This app may use: {allowed}.",
		Why:     "Data of this kind must stay in the places the company has agreed to.",
		Fix:     []string{"Look up the address that this service has in one of your countries.", "Put that address in place of {host}.", "If there is none, ask the platform team for another service."},
		Example: map[string]string{"path": "src/app.ts", "host": "us5.datadoghq.com", "service": "Datadog US5", "countries": "US", "allowed": "`eu-sovereign`"},
	},
	{
		Code: "region_mentioned", Check: "regions", Severity: core.Note,
		Title:   "A file names a region that is not allowed",
		What:    "{path} names the region `{region}`. This app may use: {allowed}.",
		Why:     "It may be no more than a word. But if the app uses it, data could leave the agreed places.",
		Fix:     []string{"If your app uses this region, change it to one of: {allowed}.", "If not, leave it as it is."},
		Example: map[string]string{"path": "src/app.ts", "region": "us-west-2", "allowed": "`eu-sovereign`"},
	},
	{
		Code: "image_not_approved", Check: "images", Severity: core.Blocker,
		Title:   "The base image is not from an approved place",
		What:    "The image `{image}` comes from {registry}. That place is not approved.",
		Why:     "Anyone can put an image in a public place. It may hold harmful software.",
		Fix:     []string{"Use an image from one of these places: {approved}.", "Change the line shown and push again."},
		Example: map[string]string{"image": "node:22", "registry": "docker.io", "approved": "`registry.example.com`"},
	},
	{
		Code: "image_unclear", Check: "images", Severity: core.Blocker,
		Title:   "It is not clear which base image is used",
		What:    "The image in the line shown cannot be worked out: `{image}`.",
		Why:     "An image that nobody can name cannot be checked.",
		Fix:     []string{"Write the full name of the image in this line.", "Push again."},
		Example: map[string]string{"image": "$BASE"},
	},
}
