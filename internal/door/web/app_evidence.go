package web

import (
	"net/http"

	"github.com/paddock-dev/paddock/internal/core"
)

// evidence hands out the app's evidence pack (NEW-5).
func (p *Pages) evidence(w http.ResponseWriter, r *http.Request, who core.Person) error {
	file, mediaType, body, err := p.desk.EvidencePack(r.Context(), who, r.PathValue("app"))
	if err != nil {
		return err
	}
	sendFile(w, file, mediaType, body)
	return nil
}
