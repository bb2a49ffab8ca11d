-- Where devices stand: who is connected, how far each has read, and what it says that it has not sent yet.

-- A connection that stands. The process that has it keeps it fresh and takes it away at its end; of a process that was
-- killed it goes stale.
CREATE TABLE presence (
    tenant_id text   NOT NULL,
    device    bytea  NOT NULL,
    session   uuid   NOT NULL,
    since     bigint NOT NULL,
    seen_at   bigint NOT NULL,
    PRIMARY KEY (tenant_id, device, session),
    FOREIGN KEY (tenant_id, device) REFERENCES device
) WITH (fillfactor = 50);

-- The last entry of each of its own chains, as a device said when it last called.
CREATE TABLE told (
    tenant_id text     NOT NULL,
    device    bytea    NOT NULL,
    epoch     bigint   NOT NULL,
    scope     smallint NOT NULL,
    seq       bigint   NOT NULL CHECK (seq >= 0),
    PRIMARY KEY (tenant_id, device, epoch, scope),
    FOREIGN KEY (tenant_id, device) REFERENCES device
);

-- When it last said so; of what it had then that was not known to be here, when the oldest was
-- written, by its own clock; how far it has read the log.
ALTER TABLE device ADD COLUMN told_at bigint, ADD COLUMN oldest_waiting bigint, ADD COLUMN read_to bigint;

DO $$
DECLARE
    one text;
BEGIN
    FOREACH one IN ARRAY ARRAY['presence', 'told'] LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', one);
        EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', one);
        EXECUTE format(
            'CREATE POLICY of_tenant ON %I USING (tenant_id = current_setting(''comptoir.tenant'', true))', one);
        EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON %I TO comptoir_application', one);
    END LOOP;
END $$;
