-- +goose Up
-- Access tokens with finer bounds, and where they were last used.
--
-- No older program may run on this: it would take a token for git alone as one
-- that reads everything.

ALTER TABLE credential ADD COLUMN apps TEXT NOT NULL DEFAULT '';      -- tokens: ids of the apps it is bound to, comma separated; all when empty
ALTER TABLE credential ADD COLUMN used_door TEXT NOT NULL DEFAULT '';
ALTER TABLE credential ADD COLUMN used_from TEXT NOT NULL DEFAULT ''; -- a shortened address
