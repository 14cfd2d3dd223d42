-- +goose Up
-- Keys that identity tokens of apps are signed with. Which one signs follows from
-- the rows and the clock; a row changes only when its key is taken out of use.

CREATE TABLE issuer_key (
    id      TEXT PRIMARY KEY,
    public  TEXT NOT NULL, -- JSON Web Key
    sealed  TEXT NOT NULL, -- base64
    created BIGINT NOT NULL,
    begins  BIGINT NOT NULL,
    removed BIGINT NOT NULL DEFAULT 0
);

INSERT INTO schema_support (version, oldest) VALUES (53, 30);
