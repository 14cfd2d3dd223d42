-- +goose Up
-- The grant under which somebody began work of several steps: later steps are
-- told as done under it, too.

ALTER TABLE saga ADD COLUMN grant_id TEXT NOT NULL DEFAULT '';

INSERT INTO schema_support (version, oldest) VALUES (59, 30);
