-- +goose Up
-- Pipelines of forges that may act for an app (SEC-3). They are known by the
-- forge's numbers; names are for people.

CREATE TABLE pipeline (
    id            TEXT PRIMARY KEY,
    app_id        TEXT NOT NULL REFERENCES app (id),
    kind          TEXT NOT NULL CHECK (kind IN ('github', 'gitlab')),
    issuer        TEXT NOT NULL,
    repository_id TEXT NOT NULL,
    owner_id      TEXT NOT NULL,
    repository    TEXT NOT NULL,
    ref           TEXT NOT NULL,
    environment   TEXT NOT NULL,
    events        TEXT NOT NULL, -- separated by commas
    workflow      TEXT NOT NULL,
    workflow_sha  TEXT NOT NULL, -- '' when the workflow is the repository's own
    self_hosted   BOOLEAN NOT NULL,
    state         TEXT NOT NULL CHECK (state IN ('pending', 'active', 'removed')),
    asked         BIGINT NOT NULL,
    lapses        BIGINT NOT NULL,
    owner         TEXT NOT NULL DEFAULT '',
    owner_at      BIGINT NOT NULL DEFAULT 0,
    security      TEXT NOT NULL DEFAULT '',
    security_at   BIGINT NOT NULL DEFAULT 0,
    removed       BIGINT NOT NULL DEFAULT 0,
    used          BIGINT NOT NULL DEFAULT 0,
    run           TEXT NOT NULL DEFAULT '',
    version       BIGINT NOT NULL DEFAULT 1,
    CHECK (state <> 'active' OR owner <> ''),
    CHECK (owner = '' OR owner <> security)
);
CREATE INDEX pipeline_app ON pipeline (app_id, state);
CREATE INDEX pipeline_repository ON pipeline (issuer, repository_id);
CREATE INDEX pipeline_name ON pipeline (issuer, repository);

-- Access tokens of pipelines: only the hash is kept. They end with their pipeline.
CREATE TABLE pipeline_token (
    hash        TEXT PRIMARY KEY,
    pipeline_id TEXT NOT NULL REFERENCES pipeline (id),
    app_id      TEXT NOT NULL REFERENCES app (id),
    commit_id   TEXT NOT NULL,
    run         TEXT NOT NULL,
    scopes      TEXT NOT NULL, -- separated by spaces
    created     BIGINT NOT NULL,
    expires     BIGINT NOT NULL
);
CREATE INDEX pipeline_token_expires ON pipeline_token (expires);

-- Tokens of forges that were used, so that none is used twice.
CREATE TABLE ci_token_used (
    hash    TEXT PRIMARY KEY, -- of the issuer and the token's jti
    expires BIGINT NOT NULL
);
CREATE INDEX ci_token_used_expires ON ci_token_used (expires);

INSERT INTO schema_support (version, oldest) VALUES (52, 30);
