-- What the oracle watches with: every message that a service wrote, and every one that a service admitted, each in its order.
-- PostgreSQL's own means, as no product code ever runs it. A blank line ends a statement.
CREATE TABLE outbox_told (
    n bigint GENERATED ALWAYS AS IDENTITY, event uuid, destination text, subject text, ordered boolean, version bigint,
    method text, payload bytea
)

CREATE FUNCTION tell_outbox() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    INSERT INTO outbox_told (event, destination, subject, ordered, version, method, payload)
    VALUES (NEW.event, NEW.destination, NEW.subject, NEW.ordered, NEW.subject_version, NEW.method, NEW.payload);
    RETURN NULL;
END $$

CREATE TRIGGER tell_outbox AFTER INSERT ON outbox FOR EACH ROW EXECUTE FUNCTION tell_outbox()

CREATE TABLE inbox_told (n bigint GENERATED ALWAYS AS IDENTITY, source text, subject text, version bigint)

CREATE FUNCTION tell_inbox() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    INSERT INTO inbox_told (source, subject, version) VALUES (NEW.source, NEW.subject, NEW.version);
    RETURN NULL;
END $$

CREATE TRIGGER tell_inbox AFTER INSERT OR UPDATE ON inbox FOR EACH ROW EXECUTE FUNCTION tell_inbox()
