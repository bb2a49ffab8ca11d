-- Two halves of a till that ran twice went on from one receipt number: what the one wrote, its next epoch says again,
-- and both stand. A branch tells them apart: 0 for the history that stands in its chain here, otherwise the epoch that
-- says it again.
ALTER TABLE receipt
    ADD COLUMN branch bigint NOT NULL DEFAULT 0,
    DROP CONSTRAINT receipt_pkey;
ALTER TABLE receipt ADD PRIMARY KEY (tenant_id, store, register, epoch, number, branch);

-- Which entry an entry of the log says again: shown once, by whichever came first.
CREATE TABLE said_again (
    tenant_id text     NOT NULL REFERENCES tenant,
    position  bigint   NOT NULL,
    device    bytea    NOT NULL,
    epoch     bigint   NOT NULL,
    scope     smallint NOT NULL,
    seq       bigint   NOT NULL,
    hash      bytea    NOT NULL CHECK (length(hash) = 32),
    PRIMARY KEY (tenant_id, position)
);
CREATE INDEX said_again_by_hash ON said_again (tenant_id, hash);
ALTER TABLE said_again ENABLE ROW LEVEL SECURITY;
ALTER TABLE said_again FORCE ROW LEVEL SECURITY;
CREATE POLICY of_tenant ON said_again USING (tenant_id = current_setting('comptoir.tenant', true));
GRANT SELECT, INSERT ON said_again TO comptoir_application;
