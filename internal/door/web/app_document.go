package web

import (
	"mime"
	"net/http"

	"github.com/paddock-dev/paddock/internal/core"
)

// document hands out one SBOM or provenance document.
func (p *Pages) document(w http.ResponseWriter, r *http.Request, who core.Person) error {
	digest := r.PathValue("digest")
	mediaType, body, err := p.desk.Document(r.Context(), who, r.PathValue("app"), digest)
	if err != nil {
		return err
	}
	sendFile(w, short(digest)+".json", mediaType, body)
	return nil
}

// sendFile answers with a file to save; no browser ever shows it as a page.
func sendFile(w http.ResponseWriter, name, mediaType string, body []byte) {
	h := w.Header()
	h.Set("Content-Type", mediaType)
	h.Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": name}))
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Cache-Control", "private, no-cache")
	_, _ = w.Write(body)
}
