-- A transaction sees and writes the rows of the tenant that it has set, and of nobody else; without one, nothing.
-- Forced, so that it holds for the owner too. Partitions cannot be asked by themselves: nobody is granted them.
DO $$
DECLARE
    one text;
BEGIN
    FOR one IN
        SELECT relname FROM pg_class
        WHERE relnamespace = current_schema()::regnamespace AND relkind IN ('r', 'p') AND NOT relispartition
          AND relname <> 'migration'
    LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', one);
        EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', one);
        EXECUTE format(
            'CREATE POLICY of_tenant ON %I USING (tenant_id = current_setting(''comptoir.tenant'', true))', one);
        EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON %I TO comptoir_application', one);
    END LOOP;
END $$;
REVOKE UPDATE, DELETE ON entry FROM comptoir_application;

-- A connection has proven which device it is, and is told of what tenant.
CREATE POLICY of_proven_device ON device FOR SELECT
    USING (device = decode(current_setting('comptoir.device', true), 'hex'));
