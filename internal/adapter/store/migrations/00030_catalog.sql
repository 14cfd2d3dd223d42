-- +goose Up
-- What lists of apps are filtered, counted and sorted by. All of it is made from
-- the other columns of app, in the transaction that writes them.

ALTER TABLE app ADD COLUMN classification TEXT NOT NULL DEFAULT '';
ALTER TABLE app ADD COLUMN region TEXT NOT NULL DEFAULT '';
ALTER TABLE app ADD COLUMN template TEXT NOT NULL DEFAULT ''; -- without its version
ALTER TABLE app ADD COLUMN vendors BIGINT NOT NULL DEFAULT 0; -- how many it declares
ALTER TABLE app ADD COLUMN cell TEXT NOT NULL DEFAULT ''; -- state|classification|region|template

-- The two orders of a list hold its filters too: a page is read from the index.
CREATE INDEX app_list ON app (name, state, classification, region, template);
CREATE INDEX app_recent ON app (last_active, name, state, classification, region, template);
CREATE INDEX app_cell ON app (cell, name);

CREATE INDEX app_vendors ON app (id) WHERE vendors > 0;

CREATE TABLE app_co_owner (
    email  TEXT NOT NULL, -- lower case
    app_id TEXT NOT NULL REFERENCES app (id),
    PRIMARY KEY (email, app_id)
);
CREATE INDEX app_co_owner_app ON app_co_owner (app_id);

-- A name from each of its words to its end: "candidate-tracker", "tracker".
CREATE TABLE app_term (
    term TEXT NOT NULL,
    name TEXT NOT NULL,
    PRIMARY KEY (term, name)
);

-- How many apps are in each cell, as a ledger: a move writes one line less and
-- one more, so that no two moves wait for each other. The lines of a cell are
-- added up when they are read, and put together now and then.
CREATE TABLE app_tally (
    id             TEXT PRIMARY KEY,
    state          TEXT NOT NULL,
    classification TEXT NOT NULL,
    region         TEXT NOT NULL,
    template       TEXT NOT NULL,
    n              BIGINT NOT NULL
);

CREATE TABLE owner_tally (
    owner_id TEXT PRIMARY KEY,
    n        BIGINT NOT NULL
);
CREATE INDEX owner_tally_n ON owner_tally (n, owner_id);

-- Use by day of UTC: what 30 days of 50 apps are read from.
CREATE TABLE usage_day (
    app_id     TEXT NOT NULL REFERENCES app (id),
    day        BIGINT NOT NULL, -- the day's first moment
    requests   BIGINT NOT NULL,
    errors     BIGINT NOT NULL,
    wall_ms    BIGINT NOT NULL,
    cpu_ms     BIGINT NOT NULL,
    mib_ms     BIGINT NOT NULL,
    bytes_out  BIGINT NOT NULL,
    egress_out BIGINT NOT NULL,
    PRIMARY KEY (app_id, day)
);
