-- What each document says, whatever its kind: its maps of plain values, and the entry that last changed that. Prices
-- alone have no rows here, for their table says all of them. `store` is the one that alone holds it; null is what every
-- store holds.
CREATE TABLE document (
    tenant_id text     NOT NULL REFERENCES tenant,
    document  uuid     NOT NULL,
    kind      smallint NOT NULL,
    store     text,
    position  bigint   NOT NULL CHECK (position >= 1),
    says      jsonb    NOT NULL CHECK (jsonb_typeof(says) = 'object'),
    UNIQUE NULLS NOT DISTINCT (tenant_id, document, kind, store)
);
CREATE INDEX document_of_kind ON document (tenant_id, kind, position, document);

-- Companies whose documents came before there were these rows: the program shows them piece by piece, in the order of
-- their ids, and `after` is the last one that is shown. Of whom all are shown has no row.
CREATE TABLE document_unshown (
    tenant_id text PRIMARY KEY REFERENCES tenant,
    after     uuid
);
-- No row is seen without a company set, not even by the owner.
ALTER TABLE tenant NO FORCE ROW LEVEL SECURITY;
INSERT INTO document_unshown (tenant_id) SELECT tenant_id FROM tenant;
ALTER TABLE tenant FORCE ROW LEVEL SECURITY;

DO $$
DECLARE
    one text;
BEGIN
    FOREACH one IN ARRAY ARRAY['document', 'document_unshown'] LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', one);
        EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', one);
        EXECUTE format(
            'CREATE POLICY of_tenant ON %I USING (tenant_id = current_setting(''comptoir.tenant'', true))', one);
    END LOOP;
END $$;
GRANT SELECT, INSERT, UPDATE ON document TO comptoir_application;
GRANT SELECT, UPDATE, DELETE ON document_unshown TO comptoir_application;
-- Who shows them is told of which companies there are any.
CREATE POLICY of_unshown ON document_unshown FOR SELECT USING (current_setting('comptoir.unshown', true) = 'yes');
