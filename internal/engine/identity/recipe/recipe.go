// Package recipe says what to enter at a service so that it knows one app by the
// identity tokens that Paddock signs. Nobody types a subject by hand: the values
// are the app's own.
package recipe

import (
	"encoding/json"
	"fmt"
	"net/url"
	"strings"

	"github.com/paddock-dev/paddock/internal/core"
)

// App is an app as a service gets to know it.
type App struct {
	Name     string
	Issuer   string
	Subject  string
	Audience string // empty: the service's usual one
}

// Step is one thing to do: a command, or a document to give to the command
// before it.
type Step struct {
	Why  string // one sentence
	Run  string // a command line, or empty
	File string // name of the document, or empty
	Text string // the document
}

// Services lists the services that there are recipes for, sorted.
func Services() []string { return []string{"aws", "azure", "google", "vault"} }

// For returns the steps at a service. Errors: NotFound for another service.
func For(service string, a App) ([]Step, error) {
	switch service {
	case "aws":
		return AWS(a), nil
	case "azure":
		return Azure(a), nil
	case "google":
		return Google(a), nil
	case "vault":
		return Vault(a), nil
	}
	return nil, core.Errorf(core.NotFound, "There is no recipe for %q.", service).At("service").
		Hinted("Choose from: %s. %s", strings.Join(Services(), ", "), core.DidYouMean(service, Services()))
}

// Vault binds a role of Vault's or OpenBao's JWT method to the app. Its documents
// are the bodies of the API's own calls.
func Vault(a App) []Step {
	a.Audience = or(a.Audience, "vault")
	return []Step{
		{Why: "Let Vault read who signs the tokens. Once for all apps.", Run: "vault auth enable jwt; vault write auth/jwt/config @config.json",
			File: "config.json", Text: document(map[string]any{"oidc_discovery_url": a.Issuer, "bound_issuer": a.Issuer})},
		{Why: "Bind a role to this app and no other. Name the policies that it needs.", Run: "vault write auth/jwt/role/" + a.Name + " @role.json",
			File: "role.json", Text: document(map[string]any{"role_type": "jwt", "user_claim": "sub", "bound_subject": a.Subject, "bound_audiences": []string{a.Audience},
				"token_policies": []string{a.Name}, "token_ttl": "5m", "token_max_ttl": "15m", "token_no_default_policy": true})},
	}
}

// AWS lets the app take a role of an AWS account by AssumeRoleWithWebIdentity.
func AWS(a App) []Step {
	a.Audience = or(a.Audience, "sts.amazonaws.com")
	host := strings.TrimPrefix(strings.TrimPrefix(a.Issuer, "https://"), "http://")
	trust := map[string]any{"Version": "2012-10-17", "Statement": []any{map[string]any{
		"Effect": "Allow", "Action": "sts:AssumeRoleWithWebIdentity",
		"Principal": map[string]any{"Federated": "arn:aws:iam::ACCOUNT:oidc-provider/" + host},
		"Condition": map[string]any{"StringEquals": map[string]any{host + ":sub": a.Subject, host + ":aud": a.Audience}}}}}
	return []Step{
		{Why: "Let the account read who signs the tokens. Once for all apps.", Run: "aws iam create-open-id-connect-provider --url " + a.Issuer + " --client-id-list " + a.Audience},
		{Why: "Make a role that only this app can take. Put your account's number in place of ACCOUNT.",
			Run: "aws iam create-role --role-name paddock-" + a.Name + " --assume-role-policy-document file://trust.json", File: "trust.json", Text: document(trust)},
	}
}

// Azure adds a federated credential to an app registration.
func Azure(a App) []Step {
	a.Audience = or(a.Audience, "api://AzureADTokenExchange")
	return []Step{{Why: "Let this app act as an app registration. Put its id in place of APP-ID.",
		Run:  "az ad app federated-credential create --id APP-ID --parameters credential.json",
		File: "credential.json", Text: document(map[string]any{"name": "paddock-" + a.Name, "issuer": a.Issuer, "subject": a.Subject, "audiences": []string{a.Audience}})}}
}

// Google lets the app use a service account by workload identity federation.
func Google(a App) []Step {
	provider := "//iam.googleapis.com/projects/NUMBER/locations/global/workloadIdentityPools/paddock/providers/paddock"
	create := "gcloud iam workload-identity-pools providers create-oidc paddock --location=global --workload-identity-pool=paddock --issuer-uri=" + a.Issuer +
		" --allowed-audiences=" + or(a.Audience, "https:"+provider) + " --attribute-mapping=google.subject=assertion.sub"
	return []Step{
		{Why: "Make a pool for apps of Paddock. Once for all apps.", Run: "gcloud iam workload-identity-pools create paddock --location=global"},
		{Why: "Let it read who signs the tokens. Put your project's number in place of NUMBER.", Run: create},
		{Why: "Let this app alone use a service account. Put its e-mail in place of ACCOUNT.",
			Run: "gcloud iam service-accounts add-iam-policy-binding ACCOUNT --role=roles/iam.workloadIdentityUser --member=principal:" +
				strings.TrimSuffix(provider, "/providers/paddock") + "/subject/" + url.PathEscape(a.Subject)},
	}
}

// document is JSON for people to read.
func document(v any) string {
	b, err := json.MarshalIndent(v, "", "  ")
	if err != nil {
		return fmt.Sprint(err) // maps of texts are always JSON
	}
	return string(b) + "\n"
}

func or(s, other string) string {
	if s == "" {
		return other
	}
	return s
}
