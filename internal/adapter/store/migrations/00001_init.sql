-- +goose Up
-- Moments are microseconds since 1970 in UTC; ids are UUIDv7 text; JSON is text
-- that only Go reads. State rules stand here as well as in core.

-- The oldest program that may run on the schema a migration leaves behind, named
-- by the newest migration it knows. A migration that only adds says so, and then
-- programs that are older go on working while a fleet is upgraded; one that says
-- nothing ends them. See "Schema versions" in docs/design/two-engines.md.
CREATE TABLE schema_support (
    version BIGINT PRIMARY KEY,
    oldest  BIGINT NOT NULL
);

CREATE TABLE setting (
    name  TEXT PRIMARY KEY,
    value TEXT NOT NULL
);

CREATE TABLE person (
    id       TEXT PRIMARY KEY,
    email    TEXT NOT NULL UNIQUE,
    name     TEXT NOT NULL,
    roles    TEXT NOT NULL, -- comma separated
    disabled BOOLEAN NOT NULL DEFAULT FALSE,
    created  BIGINT NOT NULL
);

-- One-time links, sessions, access tokens and app-host tickets: only the hash is kept.
CREATE TABLE credential (
    hash      TEXT PRIMARY KEY,
    id        TEXT NOT NULL UNIQUE,
    kind      TEXT NOT NULL CHECK (kind IN ('link', 'session', 'token', 'ticket', 'visit')),
    person_id TEXT NOT NULL REFERENCES person (id),
    app_id    TEXT NOT NULL DEFAULT '', -- tickets and visits are for one app
    name      TEXT NOT NULL DEFAULT '',
    scope     TEXT NOT NULL DEFAULT '',
    created   BIGINT NOT NULL,
    expires   BIGINT NOT NULL,
    used      BIGINT NOT NULL DEFAULT 0,
    revoked   BIGINT NOT NULL DEFAULT 0
);
CREATE INDEX credential_person ON credential (person_id, kind);

CREATE TABLE app (
    id          TEXT PRIMARY KEY,
    name        TEXT NOT NULL UNIQUE,
    owner_id    TEXT NOT NULL REFERENCES person (id),
    buddy_id    TEXT NOT NULL DEFAULT '',
    state       TEXT NOT NULL CHECK (state IN ('provisioning', 'active', 'idle', 'archived', 'failed', 'deleted')),
    descriptor  TEXT NOT NULL, -- JSON of core.Descriptor
    created     BIGINT NOT NULL,
    last_active BIGINT NOT NULL DEFAULT 0,
    idle_since  BIGINT NOT NULL DEFAULT 0,
    archived    BIGINT NOT NULL DEFAULT 0,
    version     BIGINT NOT NULL DEFAULT 1
);
CREATE INDEX app_owner ON app (owner_id);
CREATE INDEX app_state ON app (state, last_active);

-- A saga is a multi-step act that survives a crash: key makes it happen once.
CREATE TABLE saga (
    id       TEXT PRIMARY KEY,
    kind     TEXT NOT NULL,
    key      TEXT NOT NULL,
    app_id   TEXT NOT NULL DEFAULT '',
    state    TEXT NOT NULL CHECK (state IN ('running', 'done', 'failed')),
    step     BIGINT NOT NULL DEFAULT 0, -- number of steps that are done
    data     TEXT NOT NULL,             -- JSON the steps share
    problem  TEXT NOT NULL DEFAULT '',
    attempts BIGINT NOT NULL DEFAULT 0,
    actor    TEXT NOT NULL,             -- JSON of core.Actor
    created  BIGINT NOT NULL,
    updated  BIGINT NOT NULL,
    UNIQUE (kind, key)
);
CREATE INDEX saga_app ON saga (app_id);

CREATE TABLE change (
    id           TEXT PRIMARY KEY,
    app_id       TEXT NOT NULL REFERENCES app (id),
    number       BIGINT NOT NULL,
    title        TEXT NOT NULL,
    branch       TEXT NOT NULL,
    head         TEXT NOT NULL,
    base         TEXT NOT NULL,
    author       TEXT NOT NULL,
    committers   TEXT NOT NULL, -- JSON list of e-mails
    state        TEXT NOT NULL CHECK (state IN ('open', 'merged', 'closed')),
    created      BIGINT NOT NULL,
    merged_at    BIGINT NOT NULL DEFAULT 0,
    merge_commit TEXT NOT NULL DEFAULT '',
    version      BIGINT NOT NULL DEFAULT 1,
    UNIQUE (app_id, number)
);
CREATE UNIQUE INDEX change_open_branch ON change (app_id, branch) WHERE state = 'open';

CREATE TABLE report (
    id       TEXT PRIMARY KEY,
    app_id   TEXT NOT NULL REFERENCES app (id),
    commit_id TEXT NOT NULL,
    policy   TEXT NOT NULL,
    verdict  TEXT NOT NULL CHECK (verdict IN ('pass', 'blocked', 'incomplete')),
    body     TEXT NOT NULL, -- JSON of core.Report
    sbom     TEXT NOT NULL, -- CycloneDX JSON
    created  BIGINT NOT NULL,
    UNIQUE (app_id, commit_id, policy)
);

CREATE TABLE decision (
    id           TEXT PRIMARY KEY,
    gate         TEXT NOT NULL,
    app_id       TEXT NOT NULL DEFAULT '',
    subject      TEXT NOT NULL,
    actor        TEXT NOT NULL, -- JSON of core.Actor
    result       TEXT NOT NULL CHECK (result IN ('allow', 'deny', 'pending')),
    verdicts     TEXT NOT NULL, -- JSON of core.Verdicts
    policy       TEXT NOT NULL,
    input_digest TEXT NOT NULL,
    input        TEXT NOT NULL, -- canonical JSON
    request_id   TEXT NOT NULL DEFAULT '',
    at           BIGINT NOT NULL
);
CREATE INDEX decision_app ON decision (app_id, gate, at);

CREATE TABLE approval_request (
    id        TEXT PRIMARY KEY,
    gate      TEXT NOT NULL,
    app_id    TEXT NOT NULL DEFAULT '',
    subject   TEXT NOT NULL,
    link      TEXT NOT NULL,
    digest    TEXT NOT NULL,
    needs     TEXT NOT NULL, -- JSON list of core.Need
    requester TEXT NOT NULL,
    excluded  TEXT NOT NULL, -- JSON list of person ids
    state     TEXT NOT NULL CHECK (state IN ('pending', 'granted', 'refused', 'voided', 'expired')),
    created   BIGINT NOT NULL,
    expires   BIGINT NOT NULL
);
CREATE INDEX approval_request_app ON approval_request (app_id, gate);
CREATE UNIQUE INDEX approval_request_once ON approval_request (gate, app_id, digest) WHERE state IN ('pending', 'granted');

CREATE TABLE approval (
    id         TEXT PRIMARY KEY,
    request_id TEXT NOT NULL REFERENCES approval_request (id),
    role       TEXT NOT NULL,
    approver   TEXT NOT NULL REFERENCES person (id),
    yes        BOOLEAN NOT NULL,
    note       TEXT NOT NULL,
    digest     TEXT NOT NULL,
    at         BIGINT NOT NULL,
    UNIQUE (request_id, role),
    UNIQUE (request_id, approver)
);

CREATE TABLE artifact (
    digest     TEXT PRIMARY KEY,
    app_id     TEXT NOT NULL REFERENCES app (id),
    commit_id  TEXT NOT NULL,
    sbom       TEXT NOT NULL DEFAULT '',
    provenance TEXT NOT NULL DEFAULT '',
    size       BIGINT NOT NULL,
    created    BIGINT NOT NULL
);
CREATE INDEX artifact_app ON artifact (app_id, created);

CREATE TABLE deployment (
    id       TEXT PRIMARY KEY,
    app_id   TEXT NOT NULL REFERENCES app (id),
    artifact TEXT NOT NULL REFERENCES artifact (digest),
    target   TEXT NOT NULL,
    region   TEXT NOT NULL,
    state    TEXT NOT NULL CHECK (state IN ('starting', 'live', 'replaced', 'stopped', 'failed')),
    decision TEXT NOT NULL REFERENCES decision (id),
    by_person TEXT NOT NULL,
    created  BIGINT NOT NULL,
    ended    BIGINT NOT NULL DEFAULT 0
);
CREATE UNIQUE INDEX deployment_live ON deployment (app_id) WHERE state = 'live';
CREATE INDEX deployment_app ON deployment (app_id, created);

CREATE TABLE secret (
    id      TEXT PRIMARY KEY,
    name    TEXT NOT NULL,
    version BIGINT NOT NULL,
    sealed  TEXT NOT NULL, -- base64 of the sealed bytes
    by_person TEXT NOT NULL,
    created BIGINT NOT NULL,
    deleted BIGINT NOT NULL DEFAULT 0,
    UNIQUE (name, version)
);

CREATE TABLE lease (
    id      TEXT PRIMARY KEY,
    app_id  TEXT NOT NULL REFERENCES app (id),
    secret  TEXT NOT NULL,
    created BIGINT NOT NULL,
    expires BIGINT NOT NULL,
    revoked BIGINT NOT NULL DEFAULT 0,
    why     TEXT NOT NULL DEFAULT ''
);
CREATE INDEX lease_app ON lease (app_id, secret, expires);

CREATE TABLE usage (
    app_id     TEXT NOT NULL REFERENCES app (id),
    hour       BIGINT NOT NULL,
    requests   BIGINT NOT NULL,
    errors     BIGINT NOT NULL,
    wall_ms    BIGINT NOT NULL,
    cpu_ms     BIGINT NOT NULL,
    mib_ms     BIGINT NOT NULL,
    bytes_out  BIGINT NOT NULL,
    egress_out BIGINT NOT NULL,
    PRIMARY KEY (app_id, hour)
);

CREATE TABLE budget_alert (
    app_id TEXT NOT NULL REFERENCES app (id),
    period TEXT NOT NULL, -- YYYY-MM
    share  BIGINT NOT NULL, -- percent that was passed
    at     BIGINT NOT NULL,
    PRIMARY KEY (app_id, period, share)
);

CREATE TABLE fact (
    app_id   TEXT NOT NULL REFERENCES app (id),
    kind     TEXT NOT NULL,
    source   TEXT NOT NULL,
    status   TEXT NOT NULL CHECK (status IN ('seen', 'not_seen', 'read_failed', 'gone')),
    value    TEXT NOT NULL,
    observed BIGINT NOT NULL,
    PRIMARY KEY (app_id, kind, source)
);

-- A source's own clock: how long it has been proven readable (promise 3).
CREATE TABLE source (
    name     TEXT PRIMARY KEY,
    status   TEXT NOT NULL CHECK (status IN ('seen', 'read_failed')),
    since    BIGINT NOT NULL, -- when it came to this status
    read_at  BIGINT NOT NULL, -- last good reading
    proven   BIGINT NOT NULL DEFAULT 0 -- microseconds for which it stood still in total
);

-- The times in which a fact source could not be read, each from the last good
-- reading before to the first one after: life-cycle clocks stand still (promise 3).

CREATE TABLE outage (
    source TEXT NOT NULL,
    began  BIGINT NOT NULL,
    ended  BIGINT NOT NULL CHECK (ended >= began),
    PRIMARY KEY (source, began)
);

CREATE TABLE notice (
    id      TEXT PRIMARY KEY,
    person  TEXT NOT NULL REFERENCES person (id),
    app_id  TEXT NOT NULL DEFAULT '',
    key     TEXT NOT NULL,
    title   TEXT NOT NULL,
    body    TEXT NOT NULL,
    link    TEXT NOT NULL,
    at      BIGINT NOT NULL,
    read_at BIGINT NOT NULL DEFAULT 0,
    UNIQUE (person, key)
);

CREATE TABLE incident (
    id          TEXT PRIMARY KEY,
    kind        TEXT NOT NULL,
    app_id      TEXT NOT NULL DEFAULT '',
    actor       TEXT NOT NULL,
    what        TEXT NOT NULL,
    place       TEXT NOT NULL,
    fingerprint TEXT NOT NULL,
    at          BIGINT NOT NULL
);
CREATE INDEX incident_app ON incident (app_id, at);

CREATE TABLE ticket (
    id      TEXT PRIMARY KEY,
    app_id  TEXT NOT NULL DEFAULT '',
    key     TEXT NOT NULL UNIQUE,
    title   TEXT NOT NULL,
    body    TEXT NOT NULL,
    is_open BOOLEAN NOT NULL,
    owner   TEXT NOT NULL,
    at      BIGINT NOT NULL
);
CREATE INDEX ticket_app ON ticket (app_id);

CREATE TABLE certificate (
    person_id TEXT NOT NULL REFERENCES person (id),
    course    TEXT NOT NULL,
    passed    BIGINT NOT NULL,
    expires   BIGINT NOT NULL DEFAULT 0,
    PRIMARY KEY (person_id, course)
);
