-- What was put aside is settled once, and kept: taken in after all, rewritten by head office, or discarded.

ALTER TABLE quarantine
    ADD COLUMN id bigint GENERATED ALWAYS AS IDENTITY,
    ADD COLUMN state text NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'taken', 'rewritten', 'discarded')),
    ADD COLUMN settled_at bigint,
    ADD COLUMN settled_by_kind text,
    ADD COLUMN settled_by text,
    ADD COLUMN settled_why text,
    ADD CHECK ((state = 'open') = (settled_at IS NULL));
CREATE UNIQUE INDEX quarantine_by_id ON quarantine (tenant_id, id);
CREATE INDEX quarantine_open ON quarantine (tenant_id, came_from) WHERE state = 'open';
DROP INDEX quarantine_by_bringer;

ALTER TABLE refused_change
    ADD COLUMN id bigint GENERATED ALWAYS AS IDENTITY,
    -- what is wrong with it, by name; `problem` says it in words
    ADD COLUMN reason text NOT NULL DEFAULT 'Unknown',
    -- none of what came before this was kept
    ADD COLUMN came_at bigint,
    ADD COLUMN state text NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'taken', 'rewritten', 'discarded')),
    ADD COLUMN settled_at bigint,
    ADD COLUMN settled_by_kind text,
    ADD COLUMN settled_by text,
    ADD COLUMN settled_why text,
    ADD CHECK ((state = 'open') = (settled_at IS NULL));
CREATE UNIQUE INDEX refused_change_by_id ON refused_change (tenant_id, id);

CREATE FUNCTION settle_once() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'what was put aside is kept';
    END IF;
    IF OLD.state <> 'open' THEN
        RAISE EXCEPTION 'it is settled already';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER quarantine_is_settled_once BEFORE UPDATE OR DELETE ON quarantine FOR EACH ROW EXECUTE FUNCTION settle_once();
CREATE TRIGGER refused_change_is_settled_once BEFORE UPDATE OR DELETE ON refused_change FOR EACH ROW EXECUTE FUNCTION settle_once();
REVOKE DELETE ON quarantine, refused_change FROM comptoir_application;
