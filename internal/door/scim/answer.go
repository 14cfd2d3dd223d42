package scim

import (
	"encoding/json"
	"errors"
	"io"
	"mime"
	"net/http"
	"slices"
	"strconv"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/engine/identity/scim"
)

// MediaType is what is spoken.
const MediaType = "application/scim+json"

// tryAgain is how many seconds a provider that is held should wait. Somebody has
// to look first.
const tryAgain = "600"

// Refuse writes an error in SCIM's form (RFC 7644, section 3.12).
func Refuse(w http.ResponseWriter, _ *http.Request, e *core.Error) {
	status := statusOf(e)
	body := map[string]any{"schemas": []string{scim.ErrorMessage}, "status": strconv.Itoa(status), "detail": detail(e)}
	if slices.Contains(scim.Types(), e.Field) {
		body["scimType"] = e.Field
	}
	switch status {
	case http.StatusTooManyRequests:
		w.Header().Set("Retry-After", tryAgain)
	case http.StatusUnauthorized:
		w.Header().Set("WWW-Authenticate", `Bearer realm="scim"`)
	}
	write(w, status, body)
}

func statusOf(e *core.Error) int {
	switch e.Code {
	case core.Invalid, core.Unreadable:
		return http.StatusBadRequest
	}
	return core.OutcomeOf(e.Code).HTTP
}

func detail(e *core.Error) string {
	if e.Hint == "" {
		return e.Msg
	}
	return e.Msg + " " + e.Hint
}

func write(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", MediaType)
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body)
}

// answer writes a resource.
func (c call) answer(status int, body map[string]any) error {
	write(c.w, status, body)
	return nil
}

// none answers that it was done.
func (c call) none() error {
	c.w.WriteHeader(http.StatusNoContent)
	return nil
}

// body reads the JSON object of a request.
func (c call) body() (scim.Object, error) {
	media, _, err := mime.ParseMediaType(c.r.Header.Get("Content-Type"))
	if err != nil || media != MediaType && media != "application/json" {
		return nil, core.Errorf(core.Invalid, "The body must be %s.", MediaType).At(scim.InvalidSyntax)
	}
	b, err := io.ReadAll(c.r.Body)
	var big *http.MaxBytesError
	switch {
	case errors.As(err, &big):
		return nil, core.Errorf(core.TooLarge, "The request has more than %d bytes.", big.Limit).Hinted("Send fewer members at once.")
	case err != nil:
		return nil, core.Errorf(core.Unreadable, "The request could not be read.")
	}
	return scim.Decode(b)
}

func (c call) id() core.ID { return core.ID(c.r.PathValue("id")) }

func (c call) shape() (scim.Shape, error) {
	q := c.r.URL.Query()
	return scim.ReadShape(q.Get("attributes"), q.Get("excludedAttributes"))
}

// page reads which part of a list is wanted.
func (c call) page() (skip, most int, err error) {
	start, most := 1, 100
	for name, at := range map[string]*int{"startIndex": &start, "count": &most} {
		text := c.r.URL.Query().Get(name)
		if text == "" {
			continue
		}
		n, err := strconv.Atoi(text)
		if err != nil || n > 1<<31-1 {
			return 0, 0, core.Errorf(core.Invalid, "%s must be a number.", name).At(scim.InvalidValue)
		}
		*at = n
	}
	return max(start, 1) - 1, min(max(most, 0), scim.MostResults), nil
}

// list writes one page.
func (c call) list(skip, all int, resources []map[string]any) error {
	if resources == nil {
		resources = []map[string]any{}
	}
	return c.answer(http.StatusOK, map[string]any{"schemas": []string{scim.ListMessage}, "totalResults": all, "startIndex": skip + 1, "itemsPerPage": len(resources), "Resources": resources})
}

// filter reads the filter of a list; none is everybody.
func (c call) filter(parse func(string) ([]scim.Term, error)) ([]scim.Term, error) {
	if !c.r.URL.Query().Has("filter") {
		return nil, nil
	}
	return parse(c.r.URL.Query().Get("filter"))
}

// listing is what a request for a list asks for.
type listing struct {
	shape      scim.Shape
	terms      []scim.Term
	skip, most int
}

func (c call) listing(parse func(string) ([]scim.Term, error)) (l listing, err error) {
	if l.shape, err = c.shape(); err != nil {
		return l, err
	}
	if l.skip, l.most, err = c.page(); err != nil {
		return l, err
	}
	l.terms, err = c.filter(parse)
	return l, err
}
