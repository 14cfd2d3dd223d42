-- +goose Up
-- What other tools found in a commit, as SARIF (CHK-3). A later report of the
-- same tools takes the place of an earlier one; the audit log keeps both digests.

CREATE TABLE outside_report (
    id        TEXT PRIMARY KEY,
    app_id    TEXT NOT NULL REFERENCES app (id),
    commit_id TEXT NOT NULL,
    tools     TEXT NOT NULL, -- names in lower case, sorted, separated by commas
    digest    TEXT NOT NULL, -- of body
    body      TEXT NOT NULL, -- only what is read of it: nothing that a tool quoted
    results   BIGINT NOT NULL,
    reporter  TEXT NOT NULL REFERENCES person (id),
    received  BIGINT NOT NULL,
    UNIQUE (app_id, commit_id, tools)
);

INSERT INTO schema_support (version, oldest) VALUES (44, 30);
