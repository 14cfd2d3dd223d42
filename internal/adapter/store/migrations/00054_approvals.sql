-- +goose Up
-- Approvals by several people of one role, by delegates, and by escalation; which
-- accounts are one human's; who is away. A program from before this counts one yes
-- for each role, which is too few: this migration carries none of them.

ALTER TABLE approval_request ADD COLUMN marks TEXT NOT NULL DEFAULT '[]'; -- JSON list, see core.Mark

-- The same table without UNIQUE (request_id, role).
CREATE TABLE approval_new (
    id         TEXT PRIMARY KEY,
    request_id TEXT NOT NULL REFERENCES approval_request (id),
    role       TEXT NOT NULL,
    approver   TEXT NOT NULL REFERENCES person (id),
    yes        BOOLEAN NOT NULL,
    note       TEXT NOT NULL,
    digest     TEXT NOT NULL,
    at         BIGINT NOT NULL,
    for_person TEXT NOT NULL DEFAULT '', -- whose delegate the approver was
    basis      TEXT NOT NULL DEFAULT '' CHECK (basis IN ('', 'role', 'owner', 'group', 'delegate', 'escalation')),
    auth_time  BIGINT NOT NULL DEFAULT 0,
    UNIQUE (request_id, approver)
);
INSERT INTO approval_new (id, request_id, role, approver, yes, note, digest, at)
SELECT id, request_id, role, approver, yes, note, digest, at FROM approval;
DROP TABLE approval;
ALTER TABLE approval_new RENAME TO approval;

-- What a human said of two accounts; proposals follow from addresses at each use.
CREATE TABLE same_human (
    a         TEXT NOT NULL REFERENCES person (id),
    b         TEXT NOT NULL REFERENCES person (id),
    state     TEXT NOT NULL CHECK (state IN ('same', 'different')),
    reason    TEXT NOT NULL,
    by_person TEXT NOT NULL,
    at        BIGINT NOT NULL,
    PRIMARY KEY (a, b),
    CHECK (a < b)
);

-- Further addresses that a person is known by in commits.
CREATE TABLE person_address (
    email     TEXT PRIMARY KEY, -- lower case
    person_id TEXT NOT NULL REFERENCES person (id),
    by_person TEXT NOT NULL,
    at        BIGINT NOT NULL
);
CREATE INDEX person_address_person ON person_address (person_id);

CREATE TABLE delegation (
    id         TEXT PRIMARY KEY,
    person_id  TEXT NOT NULL REFERENCES person (id),
    delegate   TEXT NOT NULL, -- a person, or empty
    from_at    BIGINT NOT NULL,
    until_at   BIGINT NOT NULL,
    reason     TEXT NOT NULL,
    by_person  TEXT NOT NULL,
    ended      BIGINT NOT NULL DEFAULT 0,
    created    BIGINT NOT NULL,
    CHECK (from_at < until_at),
    CHECK (person_id <> delegate)
);
CREATE INDEX delegation_person ON delegation (person_id);

INSERT INTO schema_support (version, oldest) VALUES (54, 54);
