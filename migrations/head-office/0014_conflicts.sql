-- Fields of documents that were written apart, with different values: each value and who wrote it, the one that is
-- shown first. Replaced whenever the document changes; a field that was decided has no rows.
CREATE TABLE conflict (
    tenant_id text     NOT NULL REFERENCES tenant,
    document  uuid     NOT NULL,
    kind      smallint NOT NULL,
    map       text     NOT NULL,
    key       text     NOT NULL,
    n         bigint   NOT NULL CHECK (n >= 0),
    words     text,
    number    bigint,
    flag      boolean,
    device    bytea    NOT NULL CHECK (length(device) = 16),
    PRIMARY KEY (tenant_id, document, kind, map, key, n),
    CHECK (num_nonnulls(words, number, flag) = 1)
);
ALTER TABLE conflict ENABLE ROW LEVEL SECURITY;
ALTER TABLE conflict FORCE ROW LEVEL SECURITY;
CREATE POLICY of_tenant ON conflict USING (tenant_id = current_setting('comptoir.tenant', true));
GRANT SELECT, INSERT, DELETE ON conflict TO comptoir_application;
