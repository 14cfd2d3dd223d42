-- +goose Up
-- Rights that people get for one app, for a while (org/access). What time does to
-- a grant is not written: it is read from starts, expires and lapses at each use.

CREATE TABLE access_grant (
    id          TEXT PRIMARY KEY,
    person_id   TEXT NOT NULL REFERENCES person (id), -- who asked and who holds it
    app_id      TEXT NOT NULL REFERENCES app (id),
    role        TEXT NOT NULL,
    environment TEXT NOT NULL, -- name of the one target; empty for all
    reason      TEXT NOT NULL,
    ticket      TEXT NOT NULL,
    length      BIGINT NOT NULL CHECK (length > 0 AND length <= 1209600000000), -- 14 days, in microseconds
    wanted      BIGINT NOT NULL, -- the start that was wished for; 0 for as soon as it is approved
    extends     TEXT NOT NULL, -- id of the grant that it carries on; empty for none
    stage       TEXT NOT NULL CHECK (stage IN ('draft', 'asked', 'granted', 'denied', 'withdrawn', 'revoked')),
    request_id  TEXT NOT NULL,
    decision_id TEXT NOT NULL,
    created     BIGINT NOT NULL,
    asked       BIGINT NOT NULL,
    lapses      BIGINT NOT NULL,
    granted     BIGINT NOT NULL,
    starts      BIGINT NOT NULL,
    expires     BIGINT NOT NULL,
    ended       BIGINT NOT NULL,
    ended_by    TEXT NOT NULL,
    cause       TEXT NOT NULL,
    told        TEXT NOT NULL CHECK (told IN ('', 'soon', 'end')),
    uses        BIGINT NOT NULL DEFAULT 0,
    -- Nothing is in force without an end, or for longer than was granted.
    CHECK (stage NOT IN ('granted', 'revoked') OR (granted > 0 AND starts >= granted AND expires = starts + length)),
    CHECK (stage NOT IN ('draft', 'asked', 'denied', 'withdrawn') OR expires = 0),
    CHECK (stage NOT IN ('denied', 'withdrawn', 'revoked') OR ended > 0)
);
CREATE INDEX access_grant_held ON access_grant (person_id, app_id, expires) WHERE stage = 'granted';
CREATE INDEX access_grant_person ON access_grant (person_id, id);
CREATE INDEX access_grant_app ON access_grant (app_id, id);
CREATE INDEX access_grant_request ON access_grant (request_id) WHERE request_id <> '';
CREATE INDEX access_grant_untold ON access_grant (stage, expires, lapses) WHERE told <> 'end' AND stage IN ('asked', 'granted');

-- What was done under a grant: each row is one event of the audit log.
CREATE TABLE access_use (
    event_id TEXT PRIMARY KEY,
    grant_id TEXT NOT NULL REFERENCES access_grant (id),
    at       BIGINT NOT NULL -- by the database's clock
);
CREATE INDEX access_use_grant ON access_use (grant_id, event_id);

INSERT INTO schema_support (version, oldest) VALUES (55, 30);
