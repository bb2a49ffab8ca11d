-- Who did what to a company from outside of its journal: over the API, in the office pages, on the command line.

CREATE TABLE audit (
    tenant_id text   NOT NULL REFERENCES tenant,
    id        bigint GENERATED ALWAYS AS IDENTITY,
    at        bigint NOT NULL,
    -- what they are, and their name: an API key's, a person's, a device's
    who_kind  text   NOT NULL CHECK (who_kind IN ('command', 'key', 'person', 'device')),
    who       text   NOT NULL,
    what      text   NOT NULL CHECK (what <> ''),
    -- a store, device, product, SKU, …
    subject   text   NOT NULL,
    details   jsonb  NOT NULL,
    PRIMARY KEY (tenant_id, id)
);
CREATE INDEX audit_by_subject ON audit (tenant_id, subject, id);

CREATE FUNCTION refuse_to_forget() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'what was done stays written down';
END $$;
CREATE TRIGGER audit_is_final BEFORE UPDATE OR DELETE ON audit FOR EACH ROW EXECUTE FUNCTION refuse_to_forget();

ALTER TABLE audit ENABLE ROW LEVEL SECURITY;
ALTER TABLE audit FORCE ROW LEVEL SECURITY;
CREATE POLICY of_tenant ON audit USING (tenant_id = current_setting('comptoir.tenant', true));
GRANT SELECT, INSERT ON audit TO comptoir_application;
