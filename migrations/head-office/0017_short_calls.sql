-- A device that calls and has nothing to say is gone again in a millisecond: what is noted of it waits for a moment, and of
-- so short a call it is noted once, at its end. So the first turn says as well of which of its chains two histories were
-- found. `device_said` stays for a program of the version before, while one is replaced by the other.
ALTER FUNCTION device_shown(bytea) ROWS 1;
ALTER FUNCTION chains_grown(text, bigint) ROWS 10;
DROP FUNCTION device_called(bytea);
CREATE FUNCTION device_called(shown bytea)
RETURNS TABLE (device bytea, epoch bigint, scope smallint, store text, seq bigint, head bytea, log uuid, log_end bigint,
               tenant_id text, stands text, revoked boolean, frozen boolean)
LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
#variable_conflict use_column
BEGIN
    RETURN QUERY SELECT grown.*, known.tenant_id, known.store, known.revoked,
                        grown.device = shown AND EXISTS (
                            SELECT FROM fork WHERE fork.tenant_id = known.tenant_id AND fork.device = shown
                                               AND fork.epoch = grown.epoch AND fork.scope = grown.scope)
                 FROM device_shown(shown) AS known LEFT JOIN LATERAL chains_grown(known.tenant_id, 0) AS grown ON NOT known.revoked;
END $$;

-- What a device says of its own chains, of what waits, and of the time. Each call replaces what the one before said.
CREATE FUNCTION device_told(company text, shown bytea, now bigint,
                            epochs bigint[], scopes smallint[], seqs bigint[], oldest bigint, skew bigint) RETURNS void
LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
#variable_conflict use_column
BEGIN
    PERFORM set_config('comptoir.tenant', company, true), set_config('synchronous_commit', 'off', true);
    UPDATE device SET told_at = now, oldest_waiting = oldest, clock_skew = skew
    WHERE tenant_id = company AND device.device = shown;
    WITH said AS (
        SELECT epoch, scope, max(seq) AS seq FROM unnest(epochs, scopes, seqs) AS said (epoch, scope, seq)
        GROUP BY epoch, scope),
    gone AS (
        DELETE FROM told WHERE tenant_id = company AND told.device = shown AND (epoch, scope) NOT IN (SELECT epoch, scope FROM said))
    INSERT INTO told (tenant_id, device, epoch, scope, seq) SELECT company, shown, epoch, scope, seq FROM said
    ON CONFLICT (tenant_id, device, epoch, scope) DO UPDATE SET seq = excluded.seq WHERE told.seq <> excluded.seq;
END $$;
