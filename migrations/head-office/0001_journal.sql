-- Tenants, their stores and devices, and the log of all that their devices wrote.
--
-- Every key begins with tenant_id, so that all of it can be distributed by tenant. Every table shows
-- and takes rows of one tenant only: the one that the transaction has set (0003).

-- Owns nothing, and may do only what it is granted below. A role is one for the whole cluster: it may be there already.
DO $$
BEGIN
    CREATE ROLE comptoir_application NOLOGIN;
EXCEPTION WHEN duplicate_object OR unique_violation THEN
    NULL;
END $$;
DO $$
BEGIN
    IF NOT pg_has_role(current_user, 'comptoir_application', 'MEMBER') THEN
        EXECUTE format('GRANT comptoir_application TO %I', current_user);
    END IF;
END $$;

CREATE TABLE tenant (
    tenant_id  text   PRIMARY KEY CHECK (tenant_id <> '' AND length(tenant_id) <= 40),
    name       text   NOT NULL CHECK (name <> ''),
    created_at bigint NOT NULL
);

-- Where the tenant's log ends. Whoever appends locks this row first, so positions become visible in their order:
-- a reader that has seen one has seen all before it, which a sequence would not promise.
CREATE TABLE log_head (
    tenant_id text   PRIMARY KEY REFERENCES tenant,
    -- another one if the log had to begin anew
    log       uuid   NOT NULL,
    position  bigint NOT NULL DEFAULT 0 CHECK (position >= 0),
    -- numbers given to chains so far
    chains    bigint NOT NULL DEFAULT 0
) WITH (fillfactor = 50);

CREATE TABLE store (
    tenant_id  text   NOT NULL REFERENCES tenant,
    store      text   NOT NULL CHECK (store <> '' AND length(store) <= 40),
    name       text   NOT NULL CHECK (name <> ''),
    created_at bigint NOT NULL,
    PRIMARY KEY (tenant_id, store)
);

CREATE TABLE device (
    tenant_id    text   NOT NULL REFERENCES tenant,
    device       bytea  NOT NULL CHECK (length(device) = 16),
    public_key   bytea  NOT NULL CHECK (length(public_key) = 32),
    -- none at head office
    store        text,
    register     bigint CHECK (register BETWEEN 1 AND 4294967295),
    -- a key of earlier epochs of a register, as before it was restored
    former       boolean NOT NULL DEFAULT false,
    enrolled_at  bigint NOT NULL,
    revoked_at   bigint,
    last_contact bigint,
    -- its clock minus ours, milliseconds
    clock_skew   bigint,
    PRIMARY KEY (tenant_id, device),
    FOREIGN KEY (tenant_id, store) REFERENCES store,
    CHECK (store IS NOT NULL OR register IS NULL)
);
-- A selling position is one device's, until that is revoked or has another key.
CREATE UNIQUE INDEX device_of_register ON device (tenant_id, store, register) WHERE revoked_at IS NULL AND NOT former;
-- A connection says which device it is before anybody knows its tenant.
CREATE INDEX device_by_id ON device (device);

-- Of a device that was revoked: the last entry of each chain that is still believed.
CREATE TABLE last_good (
    tenant_id text   NOT NULL,
    device    bytea  NOT NULL,
    epoch     bigint NOT NULL,
    scope     smallint NOT NULL,
    seq       bigint NOT NULL CHECK (seq >= 0),
    PRIMARY KEY (tenant_id, device, epoch, scope),
    FOREIGN KEY (tenant_id, device) REFERENCES device
);

CREATE TABLE chain (
    tenant_id text     NOT NULL REFERENCES tenant,
    -- stands for the chain in the log, where 16 bytes of device in every key would cost more
    chain     bigint   NOT NULL,
    device    bytea    NOT NULL CHECK (length(device) = 16),
    epoch     bigint   NOT NULL CHECK (epoch BETWEEN 0 AND 4294967295),
    scope     smallint NOT NULL CHECK (scope IN (0, 1)),
    -- the store that writes it; empty at head office
    store     text     NOT NULL,
    seq       bigint   NOT NULL CHECK (seq >= 0),
    head      bytea    NOT NULL CHECK (length(head) = 32),
    -- of its last entry
    position  bigint   NOT NULL,
    hlc       bigint   NOT NULL,
    wall      bigint   NOT NULL,
    PRIMARY KEY (tenant_id, chain),
    UNIQUE (tenant_id, device, epoch, scope)
) WITH (fillfactor = 70);
CREATE INDEX chain_by_position ON chain (tenant_id, position);

-- Every entry as it was signed. Nothing refers to it by a foreign key: it is the largest table, and what is projected
-- from it is written in the same transaction.
CREATE TABLE entry (
    tenant_id text     NOT NULL,
    position  bigint   NOT NULL CHECK (position >= 1),
    chain     bigint   NOT NULL,
    seq       bigint   NOT NULL CHECK (seq >= 1),
    scope     smallint NOT NULL,
    store     text     NOT NULL,
    hash      bytea    NOT NULL CHECK (length(hash) = 32),
    kind      text     NOT NULL,
    bytes     bytea    NOT NULL,
    signature bytea    NOT NULL CHECK (length(signature) = 64),
    PRIMARY KEY (tenant_id, position),
    UNIQUE (tenant_id, chain, seq)
) PARTITION BY HASH (tenant_id);
DO $$
BEGIN
    FOR part IN 0..7 LOOP
        EXECUTE format('CREATE TABLE entry_%s PARTITION OF entry FOR VALUES WITH (MODULUS 8, REMAINDER %s)', part, part);
    END LOOP;
END $$;

CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the journal is never edited';
END $$;
CREATE TRIGGER entry_is_final BEFORE UPDATE OR DELETE ON entry FOR EACH ROW EXECUTE FUNCTION refuse();

-- Two histories of one chain, both signed: nothing more of its epoch is taken in.
CREATE TABLE fork (
    tenant_id text     NOT NULL REFERENCES tenant,
    device    bytea    NOT NULL,
    epoch     bigint   NOT NULL,
    scope     smallint NOT NULL,
    seq       bigint   NOT NULL,
    mine      bytea    NOT NULL CHECK (length(mine) = 32),
    theirs    bytea    NOT NULL CHECK (length(theirs) = 32),
    found_at  bigint   NOT NULL,
    PRIMARY KEY (tenant_id, device, epoch, scope)
);

-- What came and was not believed, as it came.
CREATE TABLE quarantine (
    tenant_id text     NOT NULL REFERENCES tenant,
    -- as the entry says, which may be a lie
    device    bytea    NOT NULL,
    epoch     bigint   NOT NULL,
    scope     smallint NOT NULL,
    seq       numeric  NOT NULL,
    hash      bytea    NOT NULL CHECK (length(hash) = 32),
    reason    text     NOT NULL,
    bytes     bytea    NOT NULL,
    signature bytea    NOT NULL,
    -- who brought it, which was proven
    came_from bytea    NOT NULL CHECK (length(came_from) = 16),
    came_at   bigint   NOT NULL,
    PRIMARY KEY (tenant_id, device, hash)
);
CREATE INDEX quarantine_by_bringer ON quarantine (tenant_id, came_from);

-- Entries of the log that the tables cannot show: the rest goes on without them.
CREATE TABLE unprojected (
    tenant_id text   NOT NULL REFERENCES tenant,
    position  bigint NOT NULL,
    problem   text   NOT NULL,
    PRIMARY KEY (tenant_id, position)
);

-- Changes of documents that cannot be taken in; the rest of their entries is.
CREATE TABLE refused_change (
    tenant_id text     NOT NULL REFERENCES tenant,
    position  bigint   NOT NULL,
    document  uuid     NOT NULL,
    kind      smallint NOT NULL,
    hash      bytea    NOT NULL CHECK (length(hash) = 32),
    device    bytea    NOT NULL,
    change    bytea    NOT NULL,
    problem   text     NOT NULL,
    PRIMARY KEY (tenant_id, position, document, hash)
);
