-- +goose Up
-- People and groups as sign-in providers bring them by SCIM. Who is in a group is
-- kept in membership, from where roles follow.

CREATE TABLE scim_user (
    id          TEXT PRIMARY KEY,
    provider    TEXT NOT NULL,
    person_id   TEXT NOT NULL REFERENCES person (id),
    user_name   TEXT NOT NULL, -- in lower case
    external_id TEXT NOT NULL,
    email       TEXT NOT NULL, -- in lower case
    active      BOOLEAN NOT NULL,
    body        TEXT NOT NULL, -- JSON
    created     BIGINT NOT NULL,
    changed     BIGINT NOT NULL,
    off_at      BIGINT NOT NULL DEFAULT 0, -- when this switched the person off
    gone        BIGINT NOT NULL DEFAULT 0  -- when the provider took the user away
);
CREATE UNIQUE INDEX scim_user_person ON scim_user (provider, person_id);
CREATE UNIQUE INDEX scim_user_name ON scim_user (provider, user_name) WHERE gone = 0;
CREATE UNIQUE INDEX scim_user_external ON scim_user (provider, external_id) WHERE gone = 0 AND external_id <> '';
CREATE INDEX scim_user_external_all ON scim_user (provider, external_id); -- those who are gone too
CREATE INDEX scim_user_email ON scim_user (provider, email);
CREATE INDEX scim_user_page ON scim_user (provider, id);
CREATE INDEX scim_user_off ON scim_user (provider, off_at) WHERE off_at <> 0;
CREATE INDEX scim_user_of ON scim_user (person_id);

CREATE TABLE scim_group (
    id          TEXT PRIMARY KEY,
    provider    TEXT NOT NULL,
    name        TEXT NOT NULL,
    folded      TEXT NOT NULL, -- the name in lower case
    external_id TEXT NOT NULL,
    created     BIGINT NOT NULL,
    changed     BIGINT NOT NULL
);
CREATE UNIQUE INDEX scim_group_name ON scim_group (provider, folded);
CREATE INDEX scim_group_external ON scim_group (provider, external_id);
CREATE INDEX scim_group_page ON scim_group (provider, id);

INSERT INTO schema_support (version, oldest) VALUES (58, 30);
