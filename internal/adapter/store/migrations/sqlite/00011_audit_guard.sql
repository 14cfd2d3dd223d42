-- +goose Up
-- Audit rows are written once. The columns of an event other than actor_name,
-- target and opening never change: those may name a person, and erasing them
-- keeps every proof. The first two can be emptied; an opening can lose entries. The triggers before an insert close the INSERT OR REPLACE
-- way also on connections that have not set recursive_triggers, as the store does.

-- A rowid is part of what is guarded: a row that is given the rowid of another
-- one under OR REPLACE takes its place.

-- A table of nothing but ids needs one tree, not two: every act writes into it.
DROP TABLE audit_pending;
CREATE TABLE audit_pending (
    event_id TEXT PRIMARY KEY NOT NULL
) WITHOUT ROWID;

-- +goose StatementBegin
CREATE TRIGGER audit_event_no_update BEFORE UPDATE ON audit_event
WHEN NOT (NEW.rowid = OLD.rowid AND NEW.id = OLD.id AND NEW.at = OLD.at AND NEW.action = OLD.action AND NEW.actor_kind = OLD.actor_kind
    AND NEW.actor_id = OLD.actor_id AND NEW.door = OLD.door AND NEW.app_id = OLD.app_id AND NEW.gate = OLD.gate AND NEW.code = OLD.code
    AND NEW.leaf = OLD.leaf AND NEW.actor_name IN ('', OLD.actor_name) AND NEW.target IN ('', OLD.target) AND (NEW.opening IN ('{}', OLD.opening)
    OR (json_valid(NEW.opening) AND json_type(NEW.opening) = 'object' AND json_valid(OLD.opening) AND length(NEW.opening) < length(OLD.opening) AND NOT EXISTS (
        SELECT 1 FROM json_each(NEW.opening) n WHERE NOT EXISTS (SELECT 1 FROM json_each(OLD.opening) o WHERE o.key = n.key AND o.value = n.value)))))
BEGIN SELECT RAISE(ABORT, 'audit events are written once; only personal data may be erased'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER audit_event_no_replace BEFORE INSERT ON audit_event
WHEN EXISTS (SELECT 1 FROM audit_event WHERE rowid = NEW.rowid OR id = NEW.id)
BEGIN SELECT RAISE(ABORT, 'audit events are never replaced'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER audit_leaf_no_replace BEFORE INSERT ON audit_leaf
WHEN EXISTS (SELECT 1 FROM audit_leaf WHERE rowid = NEW.rowid OR idx = NEW.idx OR event_id = NEW.event_id)
BEGIN SELECT RAISE(ABORT, 'audit leaves are never replaced'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER audit_node_no_update BEFORE UPDATE ON audit_node
BEGIN SELECT RAISE(ABORT, 'tree hashes are written once'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER audit_node_no_delete BEFORE DELETE ON audit_node
BEGIN SELECT RAISE(ABORT, 'tree hashes are never deleted'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER audit_node_no_replace BEFORE INSERT ON audit_node
WHEN EXISTS (SELECT 1 FROM audit_node WHERE rowid = NEW.rowid OR (level = NEW.level AND n = NEW.n))
BEGIN SELECT RAISE(ABORT, 'tree hashes are never replaced'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER audit_checkpoint_no_update BEFORE UPDATE ON audit_checkpoint
BEGIN SELECT RAISE(ABORT, 'checkpoints are written once'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER audit_checkpoint_no_delete BEFORE DELETE ON audit_checkpoint
BEGIN SELECT RAISE(ABORT, 'checkpoints are never deleted'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER audit_checkpoint_no_replace BEFORE INSERT ON audit_checkpoint
WHEN EXISTS (SELECT 1 FROM audit_checkpoint WHERE rowid = NEW.rowid OR size = NEW.size)
BEGIN SELECT RAISE(ABORT, 'checkpoints are never replaced'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER audit_event_no_delete BEFORE DELETE ON audit_event
BEGIN SELECT RAISE(ABORT, 'audit events are never deleted'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER audit_leaf_no_update BEFORE UPDATE ON audit_leaf
BEGIN SELECT RAISE(ABORT, 'audit leaves are written once'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER audit_leaf_no_delete BEFORE DELETE ON audit_leaf
BEGIN SELECT RAISE(ABORT, 'audit leaves are never deleted'); END;
-- +goose StatementEnd
