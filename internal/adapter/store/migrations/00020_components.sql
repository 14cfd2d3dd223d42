-- +goose Up
-- What every build is made of, for one question: which apps hold this component?
-- Versions of components are few and holders are many, so a component stands
-- once, and a holder is a short row under it.

CREATE TABLE component (
    id        TEXT PRIMARY KEY, -- made from the other columns
    ecosystem TEXT NOT NULL,    -- type of the package URL: npm, golang, pypi ...
    name      TEXT NOT NULL,    -- namespace/name as in the package URL
    version   TEXT NOT NULL
);
CREATE UNIQUE INDEX component_name ON component (name, ecosystem, version);

-- The bill of one artifact. One that could not be read is unknown, not empty.
CREATE TABLE bill (
    artifact TEXT PRIMARY KEY REFERENCES artifact (digest),
    app      TEXT NOT NULL, -- the app's name, which never changes
    state    TEXT NOT NULL CHECK (state IN ('listed', 'missing', 'unreadable')),
    sbom     TEXT NOT NULL, -- digest of the document it was read from
    parts    BIGINT NOT NULL,
    live     BOOLEAN NOT NULL, -- runs now
    latest   BOOLEAN NOT NULL  -- is the app's newest build
);
CREATE INDEX bill_app ON bill (app, artifact);
CREATE INDEX bill_live ON bill (state, app) WHERE live;
CREATE INDEX bill_latest ON bill (state, app) WHERE latest;

-- live and latest repeat the bill's, so that a count needs no other table.
CREATE TABLE holding (
    component TEXT NOT NULL REFERENCES component (id),
    app       TEXT NOT NULL,
    artifact  TEXT NOT NULL REFERENCES bill (artifact),
    direct    BIGINT NOT NULL CHECK (direct IN (-1, 0, 1)), -- 1 the app asks for it, 0 another component does, -1 nobody says
    build     BOOLEAN NOT NULL, -- used for building only
    live      BOOLEAN NOT NULL,
    latest    BOOLEAN NOT NULL,
    PRIMARY KEY (component, app, artifact)
);
CREATE INDEX holding_artifact ON holding (artifact);
CREATE INDEX holding_live ON holding (component, app) WHERE live;
CREATE INDEX holding_latest ON holding (component, app) WHERE latest;
