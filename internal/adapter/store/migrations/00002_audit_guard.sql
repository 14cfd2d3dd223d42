-- +goose Up
-- Audit rows are written once. PRAGMA recursive_triggers=on closes the
-- INSERT OR REPLACE way round these triggers; the store sets it on every connection.

-- +goose StatementBegin
CREATE TRIGGER audit_event_no_update BEFORE UPDATE OF seq, id, at, action, leaf ON audit_event
BEGIN SELECT RAISE(ABORT, 'audit events are written once'); END;
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
