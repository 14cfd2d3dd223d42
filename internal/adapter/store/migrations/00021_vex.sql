-- +goose Up
-- What somebody stated about a vulnerability in a component (OpenVEX). Rows are
-- written once; a newer statement about the same stands before an older one.

CREATE TABLE vex_statement (
    id            TEXT PRIMARY KEY,
    document      TEXT NOT NULL, -- @id of the document
    digest        TEXT NOT NULL, -- of the document as it came
    vulnerability TEXT NOT NULL,
    aliases       TEXT NOT NULL, -- JSON list
    app_id        TEXT NOT NULL, -- '' for every app
    ecosystem     TEXT NOT NULL, -- '' for every component
    name          TEXT NOT NULL,
    version       TEXT NOT NULL, -- '' for every version
    status        TEXT NOT NULL CHECK (status IN ('not_affected', 'affected', 'fixed', 'under_investigation')),
    justification TEXT NOT NULL,
    statement     TEXT NOT NULL, -- impact or action, in the author's words
    author        TEXT NOT NULL,
    stated        BIGINT NOT NULL,
    accepted_by   TEXT NOT NULL,
    accepted      BIGINT NOT NULL,
    expires       BIGINT NOT NULL DEFAULT 0 -- 0 for no end
);
CREATE INDEX vex_statement_component ON vex_statement (name, ecosystem);
CREATE INDEX vex_statement_app ON vex_statement (app_id, id);
