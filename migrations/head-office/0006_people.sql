-- People who sign in to the office pages, and the sessions they have.

CREATE TABLE person (
    tenant_id      text    NOT NULL REFERENCES tenant,
    person         uuid    NOT NULL,
    -- what stands before the @ of `name@COMPANY`
    sign_in        text    NOT NULL CHECK (sign_in ~ '^[a-z0-9][a-z0-9._-]{0,63}$'),
    name           text    NOT NULL CHECK (name <> '' AND length(name) <= 200),
    role           text    NOT NULL CHECK (role IN ('owner', 'manager', 'clerk')),
    -- argon2id in the PHC string format, over the password keyed with the master key
    password       text    NOT NULL,
    -- somebody else knows it: until when it can be used, and then only to choose another
    one_time_until bigint,
    -- wrong ones since the last right one, each counted before it is looked at
    wrong          integer NOT NULL DEFAULT 0 CHECK (wrong >= 0),
    wait_until     bigint  NOT NULL DEFAULT 0,
    added_at       bigint  NOT NULL,
    removed_at     bigint,
    PRIMARY KEY (tenant_id, person)
);
-- Who was removed leaves the name to others, and stays for what they did.
CREATE UNIQUE INDEX person_by_sign_in ON person (tenant_id, sign_in) WHERE removed_at IS NULL;

CREATE TABLE person_session (
    tenant_id text   NOT NULL,
    -- keyed with the master key: nobody who reads this can go on with it
    token     bytea  NOT NULL CHECK (length(token) = 32),
    person    uuid   NOT NULL,
    begun_at  bigint NOT NULL,
    seen_at   bigint NOT NULL,
    ends_at   bigint NOT NULL CHECK (ends_at > begun_at),
    PRIMARY KEY (tenant_id, token),
    FOREIGN KEY (tenant_id, person) REFERENCES person
);
CREATE INDEX person_session_alone ON person_session (token);
CREATE INDEX person_session_of ON person_session (tenant_id, person);

-- What came in is shown in the order in which it came, returns too.
CREATE INDEX return_by_position ON return_sale (tenant_id, position);

-- People ask over the API too: an answer that is kept is no longer that of a key only.
ALTER TABLE answered DROP CONSTRAINT answered_tenant_id_key_fkey;

DO $$
DECLARE
    one text;
BEGIN
    FOREACH one IN ARRAY ARRAY['person', 'person_session'] LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', one);
        EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', one);
        EXECUTE format(
            'CREATE POLICY of_tenant ON %I USING (tenant_id = current_setting(''comptoir.tenant'', true))', one);
        EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON %I TO comptoir_application', one);
    END LOOP;
END $$;
-- Who shows a session is told whose it is.
CREATE POLICY of_shown_session ON person_session FOR SELECT
    USING (token = decode(current_setting('comptoir.session', true), 'hex'));
