-- Addresses of others that are told what happens, and what they are to be told: written in the transaction in which it
-- happens, delivered afterwards.

CREATE TABLE webhook (
    tenant_id  text   NOT NULL REFERENCES tenant,
    id         uuid   NOT NULL,
    url        text   NOT NULL CHECK (url <> '' AND length(url) <= 2000),
    -- with a space between
    events     text   NOT NULL,
    -- sealed with the master key: bodies are signed with it
    sealed     bytea  NOT NULL,
    made_at    bigint NOT NULL,
    removed_at bigint,
    PRIMARY KEY (tenant_id, id)
);

CREATE TABLE delivery (
    tenant_id    text   NOT NULL,
    id           uuid   NOT NULL,
    webhook      uuid   NOT NULL,
    event        text   NOT NULL,
    body         text   NOT NULL,
    made_at      bigint NOT NULL,
    state        text   NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'delivered', 'given_up')),
    attempts     bigint NOT NULL DEFAULT 0,
    -- when to try again; while somebody tries: when to believe that they do not any more
    next_at      bigint NOT NULL,
    last_status  integer,
    last_problem text,
    delivered_at bigint,
    PRIMARY KEY (tenant_id, id),
    FOREIGN KEY (tenant_id, webhook) REFERENCES webhook
) WITH (fillfactor = 70);
CREATE INDEX delivery_due ON delivery (next_at) WHERE state = 'waiting';
CREATE INDEX delivery_of_webhook ON delivery (tenant_id, webhook, id);

DO $$
DECLARE
    one text;
BEGIN
    FOREACH one IN ARRAY ARRAY['webhook', 'delivery'] LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', one);
        EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', one);
        EXECUTE format(
            'CREATE POLICY of_tenant ON %I USING (tenant_id = current_setting(''comptoir.tenant'', true))', one);
        EXECUTE format('GRANT SELECT, INSERT, UPDATE ON %I TO comptoir_application', one);
    END LOOP;
END $$;
-- Who delivers is told which companies have something that is due.
CREATE POLICY of_courier ON delivery FOR SELECT
    USING (state = 'waiting' AND current_setting('comptoir.courier', true) = 'yes');
