package fsck

import (
	"context"
	"database/sql"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/engine/audit/verify"
)

// Check looks over the data folder, or a copy of one. It reads one moment of
// the database and changes nothing. Problems are in the result; an error means
// that the folder could not be read (Unreadable, NotFound for a missing key).
func Check(ctx context.Context, dataDir string) (Result, error) {
	r := Result{OK: true, Problems: []Problem{}}
	var err error
	if r.Audit, err = verify.Folder(ctx, dataDir, ""); err != nil {
		return r, err
	}
	r.Checks = append(r.Checks, "audit")
	for i, p := range r.Audit.Problems {
		if i < maxEach {
			r.add(Problem{"audit", p.What, p.Value, p.Where, p.Fix})
		}
	}
	r.OK = r.Audit.OK
	db, err := verify.OpenFile(dataDir)
	if err != nil {
		return r, err
	}
	defer db.Close()
	tx, err := db.BeginTx(ctx, &sql.TxOptions{ReadOnly: true})
	if err != nil {
		return r, unreadable(err)
	}
	defer tx.Rollback()
	for _, rule := range rules() {
		r.Checks = append(r.Checks, rule.name)
		if err := rule.check(ctx, tx, &r); err != nil {
			return r, err
		}
	}
	r.Checks = append(r.Checks, "inputs", "blobs")
	if err := checkInputs(ctx, tx, &r); err != nil {
		return r, err
	}
	return r, checkBlobs(ctx, tx, dataDir, &r)
}

func unreadable(err error) error {
	return &core.Error{Code: core.Unreadable, Msg: "the records cannot be read", Err: err,
		Hint: "Check that the file is a whole Paddock database of this version; restore it from a backup if not."}
}

// each runs a query whose rows are texts and hands them to fn.
func each(ctx context.Context, tx *sql.Tx, query string, columns int, fn func(row []string) error) error {
	rows, err := tx.QueryContext(ctx, query)
	if err != nil {
		return unreadable(err)
	}
	defer rows.Close()
	row, to := make([]string, columns), make([]any, columns)
	for i := range row {
		to[i] = &row[i]
	}
	for rows.Next() {
		if err := rows.Scan(to...); err != nil {
			return unreadable(err)
		}
		if err := fn(row); err != nil {
			return err
		}
	}
	if err := rows.Err(); err != nil {
		return unreadable(err)
	}
	return nil
}
