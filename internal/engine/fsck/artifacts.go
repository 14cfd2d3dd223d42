package fsck

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
)

// artifacts looks for the evidence of each artifact, live or not: its SBOM and
// its provenance are named, there, and what their digests say (CHK-4). One that
// the log says was brought in from elsewhere without them may lie here, as long as
// it has never run.
func (l *look) artifacts(ctx context.Context) error {
	named, files := l.check("artifact-evidence", fixDeploy), l.check("blobs", fixDeploy)
	all, err := l.count(ctx, "artifact")
	if err != nil {
		return err
	}
	err = l.each(ctx, `SELECT 'deployment ' || x.id, x.artifact FROM deployment x LEFT JOIN artifact a ON a.digest = x.artifact AND a.app_id = x.app_id
WHERE a.digest IS NULL`, 2, func(row []string) error {
		named.tell("A deployment runs an artifact that is not the app's.", row[0], row[1])
		return nil
	})
	if err != nil {
		return err
	}
	done := int64(0)
	return l.each(ctx, `SELECT a.digest, a.sbom, a.provenance, COALESCE(x.id, ''),
CASE WHEN (EXISTS (SELECT 1 FROM audit_leaf l CROSS JOIN audit_event e WHERE e.id = l.event_id AND l.app_id = a.app_id AND l.action = 'artifact.import' AND e.target = a.digest)
OR EXISTS (SELECT 1 FROM audit_pending p CROSS JOIN audit_event e WHERE e.id = p.event_id AND e.app_id = a.app_id AND e.action = 'artifact.import' AND e.target = a.digest))
AND NOT EXISTS (SELECT 1 FROM deployment d WHERE d.artifact = a.digest AND d.state <> 'failed') THEN 'lies' ELSE '' END FROM artifact a
LEFT JOIN deployment x ON x.artifact = a.digest AND x.state = 'live' ORDER BY a.digest`, 5, func(row []string) error {
		done++
		l.told("artifacts", done, all)
		where := "artifact " + row[0]
		if row[3] != "" {
			where += ", live in deployment " + row[3]
		}
		if (row[1] == "" || row[2] == "") && row[4] == "" {
			named.tell("An artifact has no SBOM or no provenance.", where, row[0])
		}
		for i, what := range []string{"artifact", "SBOM", "provenance"} {
			if row[i] == "" {
				continue
			}
			if fault := blobFault(l.Dir, row[i]); fault != "" {
				files.tell("The file of an "+what+fault, where+", folder oci/blobs", row[i])
			}
		}
		return nil
	})
}

// blobFault says what is wrong with a file that is named by its digest, "" for
// nothing.
func blobFault(dataDir, digest string) string {
	digits, found := strings.CutPrefix(digest, "sha256:")
	if raw, err := hex.DecodeString(digits); !found || err != nil || len(raw) != sha256.Size {
		return " has a digest that is none."
	}
	f, err := os.Open(filepath.Join(dataDir, "oci", "blobs", "sha256", digits))
	if errors.Is(err, os.ErrNotExist) {
		return " is missing."
	}
	if err != nil {
		return " cannot be read."
	}
	defer f.Close()
	h := sha256.New()
	if _, err := io.Copy(h, f); err != nil {
		return " cannot be read."
	}
	if hex.EncodeToString(h.Sum(nil)) != digits {
		return " was changed."
	}
	return ""
}
