-- +goose Up
-- Which rules had something to say, and how long they took. Decisions from before
-- have neither; a replay finds the rules again.

ALTER TABLE decision ADD COLUMN fired TEXT NOT NULL DEFAULT '[]'; -- JSON list of core.Fired
ALTER TABLE decision ADD COLUMN took BIGINT NOT NULL DEFAULT 0; -- microseconds

INSERT INTO schema_support (version, oldest) VALUES (40, 30);
