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
