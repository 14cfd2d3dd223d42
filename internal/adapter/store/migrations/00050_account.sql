-- +goose Up
-- People at sign-in providers, and the groups that a provider says they are in.
-- Roles of groups are not kept: they follow from paddock.yaml at each use.

CREATE TABLE account (
    provider  TEXT NOT NULL,
    subject   TEXT NOT NULL,
    person_id TEXT NOT NULL REFERENCES person (id),
    email     TEXT NOT NULL, -- as the provider said it last
    created   BIGINT NOT NULL,
    used      BIGINT NOT NULL DEFAULT 0, -- last sign-in
    PRIMARY KEY (provider, subject)
);
CREATE INDEX account_person ON account (person_id);

CREATE TABLE membership (
    person_id  TEXT NOT NULL REFERENCES person (id),
    provider   TEXT NOT NULL,
    group_name TEXT NOT NULL,
    since      BIGINT NOT NULL,
    PRIMARY KEY (person_id, provider, group_name)
);
CREATE INDEX membership_group ON membership (provider, group_name);

-- How a session was signed in: at which provider and its session there, when the
-- person last proved who they are, and how strongly (RFC 9470).
ALTER TABLE credential ADD COLUMN provider TEXT NOT NULL DEFAULT '';
ALTER TABLE credential ADD COLUMN provider_session TEXT NOT NULL DEFAULT '';
ALTER TABLE credential ADD COLUMN auth_time BIGINT NOT NULL DEFAULT 0;
ALTER TABLE credential ADD COLUMN acr TEXT NOT NULL DEFAULT '';

INSERT INTO schema_support (version, oldest) VALUES (50, 30);
