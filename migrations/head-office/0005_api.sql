-- Who may ask over the API, and what was answered to requests that must not be carried out twice.

-- The key itself is kept keyed with the master key: nobody who reads this can ask with it.
CREATE TABLE api_key (
    tenant_id  text     NOT NULL REFERENCES tenant,
    key        bytea    NOT NULL CHECK (length(key) = 32),
    name       text     NOT NULL CHECK (name <> ''),
    -- with a space between
    scopes     text     NOT NULL,
    per_minute bigint   NOT NULL CHECK (per_minute >= 1),
    made_at    bigint   NOT NULL,
    revoked_at bigint,
    PRIMARY KEY (tenant_id, key)
);
CREATE INDEX api_key_alone ON api_key (key);

CREATE TABLE answered (
    tenant_id text     NOT NULL REFERENCES tenant,
    key       bytea    NOT NULL,
    -- the caller's Idempotency-Key
    name      text     NOT NULL,
    -- SHA-256 of what was asked
    request   bytea    NOT NULL CHECK (length(request) = 32),
    status    smallint NOT NULL,
    -- sealed with the master key, for it may say what is shown once
    answer    bytea    NOT NULL,
    made_at   bigint   NOT NULL,
    PRIMARY KEY (tenant_id, key, name),
    FOREIGN KEY (tenant_id, key) REFERENCES api_key
);


DO $$
DECLARE
    one text;
BEGIN
    FOREACH one IN ARRAY ARRAY['api_key', 'answered'] LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', one);
        EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', one);
        EXECUTE format(
            'CREATE POLICY of_tenant ON %I USING (tenant_id = current_setting(''comptoir.tenant'', true))', one);
        EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON %I TO comptoir_application', one);
    END LOOP;
END $$;
-- Who shows a key is told whose it is.
CREATE POLICY of_shown_key ON api_key FOR SELECT
    USING (key = decode(current_setting('comptoir.api_key', true), 'hex'));
