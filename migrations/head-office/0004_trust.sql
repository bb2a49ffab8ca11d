-- What a company trusts: head office's own key and authority, the codes that devices enrol with, their certificates.

-- Head office as a device of the company. Its private key, which is the authority's too, is sealed with the master key.
CREATE TABLE office (
    tenant_id  text   PRIMARY KEY REFERENCES tenant,
    public_key bytea  NOT NULL CHECK (length(public_key) = 32),
    sealed_key bytea  NOT NULL,
    epoch      bigint NOT NULL CHECK (epoch >= 1),
    -- X.509, DER
    authority  bytea  NOT NULL
);

-- The secret that the PINs of a store are keyed with, sealed with the master key.
CREATE TABLE store_secret (
    tenant_id text  NOT NULL,
    store     text  NOT NULL,
    sealed    bytea NOT NULL,
    PRIMARY KEY (tenant_id, store),
    FOREIGN KEY (tenant_id, store) REFERENCES store
);

-- Kept keyed with the master key, so that nobody who reads this table can try codes.
CREATE TABLE enrolment_code (
    tenant_id  text   NOT NULL,
    code       bytea  NOT NULL CHECK (length(code) = 32),
    store      text   NOT NULL,
    made_at    bigint NOT NULL,
    expires_at bigint NOT NULL,
    -- by this device
    used_by    bytea CHECK (length(used_by) = 16),
    PRIMARY KEY (tenant_id, code),
    FOREIGN KEY (tenant_id, store) REFERENCES store
);
CREATE INDEX enrolment_code_alone ON enrolment_code (code);

CREATE TABLE certificate (
    tenant_id   text   NOT NULL,
    device      bytea  NOT NULL,
    serial      bytea  NOT NULL,
    valid_from  bigint NOT NULL,
    valid_until bigint NOT NULL,
    -- X.509, DER
    der         bytea  NOT NULL,
    PRIMARY KEY (tenant_id, device, serial),
    FOREIGN KEY (tenant_id, device) REFERENCES device
);

DO $$
DECLARE
    one text;
BEGIN
    FOREACH one IN ARRAY ARRAY['office', 'store_secret', 'enrolment_code', 'certificate'] LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', one);
        EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', one);
        EXECUTE format(
            'CREATE POLICY of_tenant ON %I USING (tenant_id = current_setting(''comptoir.tenant'', true))', one);
        EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON %I TO comptoir_application', one);
    END LOOP;
END $$;
-- Who shows a code is told whose it is.
CREATE POLICY of_shown_code ON enrolment_code FOR SELECT
    USING (code = decode(current_setting('comptoir.code', true), 'hex'));
