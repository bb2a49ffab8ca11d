-- A key has a name that may be told, so that it can be revoked by somebody who does not have it.
ALTER TABLE api_key ADD COLUMN id uuid NOT NULL DEFAULT gen_random_uuid();
CREATE UNIQUE INDEX api_key_by_id ON api_key (tenant_id, id);
