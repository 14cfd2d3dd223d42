package web

import (
	"encoding/base64"
	"encoding/json"
	"net/http"
	"strings"
	"unicode/utf8"

	"github.com/paddock-dev/paddock/internal/core"
)

// needsFresh is the field of the refusal of an answer that needs a fresh sign-in.
const needsFresh = "step_up"

const (
	draftCookie = "paddock_draft"
	draftPath   = "/approvals"
	draftLife   = 10 * 60 // seconds
	mostNote    = 2000    // bytes of a note that are kept on the way; a cookie holds no more
)

// draft is a note on its way to the sign-in provider and back.
type draft struct {
	Person  core.ID `json:"p"`
	Request core.ID `json:"r"`
	Note    string  `json:"n"`
}

// keepDraft leaves what was typed with the browser, while its person signs in again.
func (p *Pages) keepDraft(w http.ResponseWriter, who core.Person, request core.ID, note string) {
	for len(note) > mostNote {
		_, size := utf8.DecodeLastRuneInString(note[:mostNote+1])
		note = note[:mostNote+1-size]
	}
	b, err := json.Marshal(draft{who.ID, request, note})
	if err != nil {
		return
	}
	http.SetCookie(w, p.draftCookie(base64.RawURLEncoding.EncodeToString(b), draftLife))
}

// takeDraft returns what the browser kept for the caller, once.
func (p *Pages) takeDraft(w http.ResponseWriter, r *http.Request, who core.Person) answerDraft {
	c, err := r.Cookie(draftCookie)
	if err != nil {
		return answerDraft{}
	}
	http.SetCookie(w, p.draftCookie("", -1))
	b, err := base64.RawURLEncoding.DecodeString(c.Value)
	var d draft
	if err != nil || json.Unmarshal(b, &d) != nil || d.Person != who.ID {
		return answerDraft{}
	}
	return answerDraft{request: d.Request, note: d.Note}
}

func (p *Pages) draftCookie(value string, age int) *http.Cookie {
	return &http.Cookie{Name: draftCookie, Value: value, Path: draftPath, MaxAge: age, HttpOnly: true, Secure: strings.HasPrefix(p.baseURL, "https:"), SameSite: http.SameSiteLaxMode}
}
