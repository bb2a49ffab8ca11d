-- What is asked when a till calls, each in one turn to the database: a transaction that says of whom it is, asks, and
-- ends. It sees what the caller sees: of a device that has proven itself whose it is, of a company its own rows.
CREATE FUNCTION device_shown(shown bytea) RETURNS TABLE (tenant_id text, store text, revoked boolean)
LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
#variable_conflict use_column
BEGIN
    PERFORM set_config('comptoir.device', encode(shown, 'hex'), true);
    RETURN QUERY SELECT device.tenant_id, device.store, revoked_at IS NOT NULL FROM device WHERE device.device = shown
                 ORDER BY revoked_at NULLS FIRST, device.tenant_id LIMIT 1;
END $$;

-- Chains that grew behind a position, with the end of the log; where none did, the end stands alone.
CREATE FUNCTION chains_grown(company text, behind bigint)
RETURNS TABLE (device bytea, epoch bigint, scope smallint, store text, seq bigint, head bytea, log uuid, log_end bigint)
LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
#variable_conflict use_column
BEGIN
    PERFORM set_config('comptoir.tenant', company, true);
    RETURN QUERY SELECT chain.device, chain.epoch, chain.scope, chain.store, chain.seq, chain.head, log_head.log, log_head.position
                 FROM log_head LEFT JOIN chain ON chain.tenant_id = company AND chain.position > behind AND chain.seq > 0
                 WHERE log_head.tenant_id = company;
END $$;

-- Both, for a device that calls; of one that was revoked only that.
CREATE FUNCTION device_called(shown bytea)
RETURNS TABLE (device bytea, epoch bigint, scope smallint, store text, seq bigint, head bytea, log uuid, log_end bigint,
               tenant_id text, stands text, revoked boolean)
LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
#variable_conflict use_column
BEGIN
    RETURN QUERY SELECT grown.*, known.tenant_id, known.store, known.revoked
                 FROM device_shown(shown) AS known LEFT JOIN LATERAL chains_grown(known.tenant_id, 0) AS grown ON NOT known.revoked;
END $$;

-- What is noted of who is connected, each in one turn as well. It may be lost with the power, so nobody waits for the disk.
-- A device is connected, and has read the log this far.
CREATE FUNCTION device_here(company text, shown bytea, line uuid, now bigint, has_read bigint) RETURNS void
LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
    PERFORM set_config('comptoir.tenant', company, true), set_config('synchronous_commit', 'off', true);
    INSERT INTO presence (tenant_id, device, session, since, seen_at) VALUES (company, shown, line, now, now)
    ON CONFLICT (tenant_id, device, session) DO UPDATE SET seen_at = excluded.seen_at;
    UPDATE device SET last_contact = now, read_to = coalesce(has_read, read_to) WHERE tenant_id = company AND device = shown;
END $$;

-- The same, with what it says of its own chains, of what waits, and of the time. Each call replaces what the one before
-- said. Answers its chains of which two histories were found.
CREATE FUNCTION device_said(company text, shown bytea, line uuid, now bigint, has_read bigint,
                            epochs bigint[], scopes smallint[], seqs bigint[], oldest bigint, skew bigint)
RETURNS TABLE (device bytea, epoch bigint, scope smallint)
LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
#variable_conflict use_column
BEGIN
    PERFORM device_here(company, shown, line, now, has_read);
    UPDATE device SET told_at = now, oldest_waiting = oldest, clock_skew = skew
    WHERE tenant_id = company AND device.device = shown;
    WITH said AS (
        SELECT epoch, scope, max(seq) AS seq FROM unnest(epochs, scopes, seqs) AS said (epoch, scope, seq)
        GROUP BY epoch, scope),
    gone AS (
        DELETE FROM told WHERE tenant_id = company AND told.device = shown AND (epoch, scope) NOT IN (SELECT epoch, scope FROM said))
    INSERT INTO told (tenant_id, device, epoch, scope, seq) SELECT company, shown, epoch, scope, seq FROM said
    ON CONFLICT (tenant_id, device, epoch, scope) DO UPDATE SET seq = excluded.seq WHERE told.seq <> excluded.seq;
    RETURN QUERY SELECT fork.device, fork.epoch, fork.scope FROM fork WHERE tenant_id = company AND fork.device = shown;
END $$;

-- A connection ended, and its device has read the log this far; those that were not kept fresh since `stale` ended as well.
CREATE FUNCTION device_gone(company text, shown bytea, line uuid, now bigint, has_read bigint, stale bigint) RETURNS void
LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
    PERFORM set_config('comptoir.tenant', company, true), set_config('synchronous_commit', 'off', true);
    DELETE FROM presence WHERE tenant_id = company AND device = shown AND (session = line OR seen_at < stale);
    UPDATE device SET last_contact = now, read_to = coalesce(has_read, read_to) WHERE tenant_id = company AND device = shown;
END $$;
