-- +goose Up
-- OpenVEX documents that people with the right to have added. One is never
-- changed: a later statement takes the place of an earlier one.

CREATE TABLE vex_document (
    id        TEXT PRIMARY KEY,
    digest    TEXT NOT NULL UNIQUE, -- of body
    body      TEXT NOT NULL,
    by_person TEXT NOT NULL REFERENCES person (id),
    added     BIGINT NOT NULL
);
