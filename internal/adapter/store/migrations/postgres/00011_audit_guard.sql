-- +goose Up
-- Audit rows are written once, whoever tries: the server's role has no right to
-- change them, and these triggers stop the owner's mistakes as well. The columns
-- of an event that may name a person can be emptied, and an opening can lose
-- entries; that keeps every proof.

-- +goose StatementBegin
CREATE FUNCTION audit_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% rows are written once', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE FUNCTION audit_erase_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.id = OLD.id AND NEW.at = OLD.at AND NEW.action = OLD.action AND NEW.actor_kind = OLD.actor_kind AND NEW.actor_id = OLD.actor_id
        AND NEW.door = OLD.door AND NEW.app_id = OLD.app_id AND NEW.gate = OLD.gate AND NEW.code = OLD.code AND NEW.leaf = OLD.leaf
        AND NEW.actor_name IN ('', OLD.actor_name) AND NEW.target IN ('', OLD.target) THEN
        IF NEW.opening IN ('{}', OLD.opening) THEN
            RETURN NEW;
        END IF;
        IF length(NEW.opening) < length(OLD.opening) AND NOT EXISTS (
            SELECT 1 FROM json_each(NEW.opening::json) n WHERE NOT EXISTS (
                SELECT 1 FROM json_each(OLD.opening::json) o WHERE o.key = n.key AND o.value::text = n.value::text)) THEN
            RETURN NEW;
        END IF;
    END IF;
    RAISE EXCEPTION 'audit events are written once; only personal data may be erased' USING ERRCODE = 'restrict_violation';
END $$;
-- +goose StatementEnd

CREATE TRIGGER audit_event_no_update BEFORE UPDATE ON audit_event FOR EACH ROW EXECUTE FUNCTION audit_erase_only();
CREATE TRIGGER audit_event_no_delete BEFORE DELETE ON audit_event FOR EACH ROW EXECUTE FUNCTION audit_refuse();
CREATE TRIGGER audit_event_no_truncate BEFORE TRUNCATE ON audit_event FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse();
CREATE TRIGGER audit_leaf_no_update BEFORE UPDATE OR DELETE ON audit_leaf FOR EACH ROW EXECUTE FUNCTION audit_refuse();
CREATE TRIGGER audit_leaf_no_truncate BEFORE TRUNCATE ON audit_leaf FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse();
CREATE TRIGGER audit_node_no_update BEFORE UPDATE OR DELETE ON audit_node FOR EACH ROW EXECUTE FUNCTION audit_refuse();
CREATE TRIGGER audit_node_no_truncate BEFORE TRUNCATE ON audit_node FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse();
CREATE TRIGGER audit_checkpoint_no_update BEFORE UPDATE OR DELETE ON audit_checkpoint FOR EACH ROW EXECUTE FUNCTION audit_refuse();
CREATE TRIGGER audit_checkpoint_no_truncate BEFORE TRUNCATE ON audit_checkpoint FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse();
CREATE TRIGGER audit_pending_no_truncate BEFORE TRUNCATE ON audit_pending FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse();
