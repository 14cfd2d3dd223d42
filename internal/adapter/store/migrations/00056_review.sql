-- +goose Up
-- Access reviews: once a quarter every standing right is looked at (WFL-5).

CREATE TABLE review (
    id     TEXT PRIMARY KEY,
    name   TEXT NOT NULL UNIQUE, -- the quarter
    opened BIGINT NOT NULL,
    due    BIGINT NOT NULL,
    upto   TEXT NOT NULL DEFAULT '',
    whole  BOOLEAN NOT NULL DEFAULT FALSE
);

CREATE TABLE review_item (
    id        TEXT PRIMARY KEY,
    review_id TEXT NOT NULL REFERENCES review (id),
    kind      TEXT NOT NULL CHECK (kind IN ('role', 'owner', 'co-owner', 'token', 'pipeline')),
    person_id TEXT NOT NULL REFERENCES person (id),
    app_id    TEXT NOT NULL DEFAULT '',
    app       TEXT NOT NULL DEFAULT '',
    name      TEXT NOT NULL,
    ref       TEXT NOT NULL DEFAULT '',
    source    TEXT NOT NULL,
    giver     TEXT NOT NULL DEFAULT '',
    used      BIGINT NOT NULL DEFAULT 0,
    unused    BOOLEAN NOT NULL DEFAULT FALSE,
    decision  TEXT NOT NULL DEFAULT '' CHECK (decision IN ('', 'keep', 'remove')),
    reason    TEXT NOT NULL DEFAULT '',
    by_person TEXT NOT NULL DEFAULT '',
    at        BIGINT NOT NULL DEFAULT 0,
    gone      BIGINT NOT NULL DEFAULT 0,
    UNIQUE (review_id, kind, person_id, app_id, name, ref)
);
CREATE INDEX review_item_open ON review_item (review_id, decision, id);
CREATE INDEX review_item_gone ON review_item (decision, gone);

INSERT INTO schema_support (version, oldest) VALUES (56, 30);
