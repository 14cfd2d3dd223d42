package api

import (
	"context"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/door/view"
)

// minted is a new access token; its value is shown this once.
type minted struct {
	view.Token
	Value string `json:"value" doc:"The token. It is shown only now."`
}

func (a *API) people() {
	op(a, "GET", "/me", "get-me", "Show the caller", row{"app.read", readOnly, 0},
		func(ctx context.Context, who core.Person, _ *struct{}) (*body[view.Me], error) {
			return answer(a.desk.Me(ctx, who))
		})
	op(a, "GET", "/notices", "list-notices", "List messages to the caller", row{"notice.read", readOnly, 0},
		func(ctx context.Context, who core.Person, _ *struct{}) (*body[list[view.Notice]], error) {
			return items(a.desk.Notices(ctx, who))
		})
	op(a, "GET", "/people", "list-people", "List everybody", row{"people.manage", readOnly, 0},
		func(ctx context.Context, who core.Person, _ *struct{}) (*body[list[view.Person]], error) {
			return items(a.desk.People(ctx, who))
		})
	op(a, "POST", "/people", "add-person", "Add a person", row{"people.manage", "person.add", 0},
		func(ctx context.Context, who core.Person, in *body[view.NewPerson]) (*body[view.Person], error) {
			return answer(a.desk.AddPerson(ctx, who, in.Body))
		})
	op(a, "POST", "/people/{email}/link", "make-link", "Make a one-time sign-in link for a person", row{"people.manage", "link.create", 0},
		func(ctx context.Context, who core.Person, in *struct {
			Email string `path:"email"`
		}) (*body[struct {
			Link string `json:"link"`
		}], error) {
			link, err := a.desk.NewLink(ctx, who, in.Email)
			return answer(struct {
				Link string `json:"link"`
			}{link}, err)
		})
	a.tokens()
	a.secrets()
	op(a, "POST", "/courses/{course}", "take-course", "Answer a course's questions", row{"course.take", "course.take", 0},
		func(ctx context.Context, who core.Person, in *struct {
			Course string `path:"course"`
			Body   struct {
				Answers []int `json:"answers" doc:"For each question the index of the choice."`
			}
		}) (*body[struct {
			Score int         `json:"score"`
			State view.Course `json:"course"`
		}], error) {
			score, state, err := a.desk.TakeCourse(ctx, who, in.Course, in.Body.Answers)
			return answer(struct {
				Score int         `json:"score"`
				State view.Course `json:"course"`
			}{score, state}, err)
		})
}

func (a *API) tokens() {
	op(a, "GET", "/tokens", "list-tokens", "List the caller's access tokens", row{"token.manage", readOnly, 0},
		func(ctx context.Context, who core.Person, _ *struct{}) (*body[list[view.Token]], error) {
			return items(a.desk.Tokens(ctx, who))
		})
	op(a, "POST", "/tokens", "make-token", "Make an access token for the API and for git", row{"token.manage", "token.create", 0},
		func(ctx context.Context, who core.Person, in *body[view.NewToken]) (*body[minted], error) {
			n := in.Body
			if n.Scope != "" {
				n.Scopes = append(n.Scopes, n.Scope)
			}
			value, t, err := a.desk.NewToken(ctx, who, n)
			return answer(minted{Token: t, Value: value}, err)
		})
	op(a, "GET", "/people/tokens", "list-all-tokens", "List everybody's access tokens in force", row{"people.manage", readOnly, 0},
		func(ctx context.Context, who core.Person, _ *struct{}) (*body[list[view.Token]], error) {
			return items(a.desk.AllTokens(ctx, who))
		})
	op(a, "DELETE", "/tokens/{id}", "revoke-token", "End an access token now; the platform team ends anybody's", row{"token.manage", "token.revoke", 0},
		func(ctx context.Context, who core.Person, in *struct {
			ID string `path:"id"`
		}) (*none, error) {
			return done(a.desk.RevokeToken(ctx, who, core.ID(in.ID)))
		})
}

func (a *API) secrets() {
	op(a, "GET", "/secrets", "list-secrets", "List the names of the organisation's secrets", row{"secret.manage", readOnly, 0},
		func(ctx context.Context, who core.Person, _ *struct{}) (*body[list[string]], error) {
			return items(a.desk.SecretNames(ctx, who))
		})
	op(a, "PUT", "/secrets/{name}", "put-secret", "Keep a new version of a secret; it can never be read back", row{"secret.manage", "secret.put", 0},
		func(ctx context.Context, who core.Person, in *struct {
			Name string `path:"name"`
			Body struct {
				Value string `json:"value" minLength:"1" maxLength:"65536" format:"password"`
			}
		}) (*none, error) {
			return done(a.desk.PutSecret(ctx, who, in.Name, core.NewSecret([]byte(in.Body.Value))))
		})
}
