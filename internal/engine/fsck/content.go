package fsck

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
)

// checkInputs recomputes the digest of each decision's input (promise 2).
func checkInputs(ctx context.Context, tx *sql.Tx, r *Result) error {
	told := 0
	return each(ctx, tx, `SELECT id, input_digest, input FROM decision`, 3, func(row []string) error {
		sum := sha256.Sum256([]byte(row[2]))
		if row[1] == "sha256:"+hex.EncodeToString(sum[:]) {
			return ctx.Err()
		}
		if told++; told <= maxEach {
			r.add(Problem{"inputs", "A decision's input is not the one that its digest names.", row[1], "decision " + row[0], fixTamper})
		}
		return ctx.Err()
	})
}

// checkBlobs looks for the files behind each live deployment, and that their
// bytes are the ones they are named for (CHK-4).
func checkBlobs(ctx context.Context, tx *sql.Tx, dataDir string, r *Result) error {
	const query = `SELECT DISTINCT x.id, a.digest, a.sbom, a.provenance FROM deployment x JOIN artifact a ON a.digest = x.artifact WHERE x.state = 'live'`
	told := 0
	return each(ctx, tx, query, 4, func(row []string) error {
		for _, digest := range row[1:] {
			if digest == "" {
				continue // told by deploy-evidence
			}
			what := blobFault(dataDir, digest)
			if what == "" {
				continue
			}
			if told++; told <= maxEach {
				r.add(Problem{"blobs", what, digest, "deployment " + row[0] + ", folder oci/blobs", fixDeploy})
			}
		}
		return ctx.Err()
	})
}

// blobFault says what is wrong with a file that is named by its digest, "" for
// nothing.
func blobFault(dataDir, digest string) string {
	digits, found := strings.CutPrefix(digest, "sha256:")
	if raw, err := hex.DecodeString(digits); !found || err != nil || len(raw) != sha256.Size {
		return "A live deployment names a digest that is none."
	}
	f, err := os.Open(filepath.Join(dataDir, "oci", "blobs", "sha256", digits))
	if errors.Is(err, os.ErrNotExist) {
		return "A file of a live deployment is missing."
	}
	if err != nil {
		return "A file of a live deployment cannot be read."
	}
	defer f.Close()
	h := sha256.New()
	if _, err := io.Copy(h, f); err != nil {
		return "A file of a live deployment cannot be read."
	}
	if hex.EncodeToString(h.Sum(nil)) != digits {
		return "A file of a live deployment was changed."
	}
	return ""
}
