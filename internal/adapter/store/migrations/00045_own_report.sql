-- +goose Up
-- What Paddock's own checks said of a commit elsewhere: in a pipeline, or on
-- somebody's machine. It is a record, and counts for no check that runs here. A
-- later one of the same person and kind takes the place of an earlier one; the
-- audit log keeps both digests.

CREATE TABLE own_report (
    id        TEXT PRIMARY KEY,
    app_id    TEXT NOT NULL REFERENCES app (id),
    commit_id TEXT NOT NULL,
    digest    TEXT NOT NULL, -- of body
    body      TEXT NOT NULL, -- the report as JSON, as it was signed
    bundle    TEXT NOT NULL, -- the signed statement; empty for none
    tool      TEXT NOT NULL,
    verdict   TEXT NOT NULL,
    policy    TEXT NOT NULL, -- revision of the rules that it names
    findings  BIGINT NOT NULL,
    partial   BOOLEAN NOT NULL, -- it covers changed files only
    source    TEXT NOT NULL, -- kind of who brought it: person, pipeline
    signer    TEXT NOT NULL, -- name of the trusted key that signed; empty for none
    reporter  TEXT NOT NULL REFERENCES person (id),
    received  BIGINT NOT NULL,
    UNIQUE (app_id, commit_id, source, reporter)
);

INSERT INTO schema_support (version, oldest) VALUES (45, 30);
