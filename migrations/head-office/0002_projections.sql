-- What the log says, as rows. Amounts are minor units, quantities thousandths, times milliseconds since 1970 UTC, days
-- those of the counter's own clock. What grows with sales is partitioned by month.

-- A receipt number is used once, by a sale or by a return; and each of these is written once.
CREATE TABLE receipt (
    tenant_id text     NOT NULL,
    store     text     NOT NULL,
    register  bigint   NOT NULL,
    epoch     bigint   NOT NULL,
    number    bigint   NOT NULL CHECK (number >= 1),
    id        uuid     NOT NULL,
    day       date     NOT NULL,
    is_return boolean  NOT NULL,
    position  bigint   NOT NULL,
    PRIMARY KEY (tenant_id, store, register, epoch, number),
    UNIQUE (tenant_id, id)
) PARTITION BY HASH (tenant_id);
DO $$
BEGIN
    FOR part IN 0..7 LOOP
        EXECUTE format('CREATE TABLE receipt_%s PARTITION OF receipt FOR VALUES WITH (MODULUS 8, REMAINDER %s)', part, part);
    END LOOP;
END $$;

CREATE TABLE sale (
    tenant_id    text   NOT NULL,
    day          date   NOT NULL,
    id           uuid   NOT NULL,
    position     bigint NOT NULL,
    store        text   NOT NULL,
    register     bigint NOT NULL,
    epoch        bigint NOT NULL,
    number       bigint NOT NULL,
    receipt      text   NOT NULL,
    shift        uuid   NOT NULL,
    operator     uuid   NOT NULL,
    completed_at bigint NOT NULL,
    currency     text   NOT NULL,
    subtotal     bigint NOT NULL,
    total        bigint NOT NULL,
    rounding     bigint NOT NULL,
    tendered     bigint NOT NULL,
    change       bigint NOT NULL CHECK (change >= 0),
    PRIMARY KEY (tenant_id, day, id),
    -- What is kept of the money is what was asked for, to the cent.
    CHECK (tendered - change = total + rounding)
) PARTITION BY RANGE (day);
CREATE INDEX sale_by_position ON sale (tenant_id, position);

CREATE TABLE sale_line (
    tenant_id    text    NOT NULL,
    day          date    NOT NULL,
    sale         uuid    NOT NULL,
    line         bigint  NOT NULL,
    sku          text    NOT NULL,
    name_en      text    NOT NULL,
    quantity     bigint  NOT NULL,
    price        bigint  NOT NULL,
    amount       bigint  NOT NULL,
    tax_category text    NOT NULL,
    voided       boolean NOT NULL,
    PRIMARY KEY (tenant_id, day, sale, line)
) PARTITION BY RANGE (day);

CREATE TABLE sale_tax (
    tenant_id text    NOT NULL,
    day       date    NOT NULL,
    sale      uuid    NOT NULL,
    n         bigint  NOT NULL,
    code      text    NOT NULL,
    percent   numeric NOT NULL,
    taxable   bigint  NOT NULL,
    amount    bigint  NOT NULL,
    PRIMARY KEY (tenant_id, day, sale, n)
) PARTITION BY RANGE (day);

CREATE TABLE sale_tender (
    tenant_id text   NOT NULL,
    day       date   NOT NULL,
    sale      uuid   NOT NULL,
    n         bigint NOT NULL,
    kind      text   NOT NULL,
    amount    bigint NOT NULL,
    -- last four digits of a card
    number    text,
    PRIMARY KEY (tenant_id, day, sale, n)
) PARTITION BY RANGE (day);

CREATE TABLE return_sale (
    tenant_id    text   NOT NULL,
    day          date   NOT NULL,
    id           uuid   NOT NULL,
    position     bigint NOT NULL,
    store        text   NOT NULL,
    register     bigint NOT NULL,
    epoch        bigint NOT NULL,
    number       bigint NOT NULL,
    receipt      text   NOT NULL,
    -- none when goods came back without their receipt
    sale         uuid,
    shift        uuid   NOT NULL,
    operator     uuid   NOT NULL,
    completed_at bigint NOT NULL,
    currency     text   NOT NULL,
    subtotal     bigint NOT NULL,
    total        bigint NOT NULL,
    rounding     bigint NOT NULL,
    refunded     bigint NOT NULL CHECK (refunded >= 0),
    PRIMARY KEY (tenant_id, day, id),
    CHECK (refunded = total + rounding)
) PARTITION BY RANGE (day);
CREATE INDEX return_of_sale ON return_sale (tenant_id, sale);

CREATE TABLE return_line (
    tenant_id   text    NOT NULL,
    day         date    NOT NULL,
    return_sale uuid    NOT NULL,
    n           bigint  NOT NULL,
    line        bigint  NOT NULL,
    sku         text    NOT NULL,
    quantity    bigint  NOT NULL CHECK (quantity > 0),
    amount      bigint  NOT NULL,
    wasted      boolean NOT NULL,
    PRIMARY KEY (tenant_id, day, return_sale, n)
) PARTITION BY RANGE (day);

CREATE TABLE return_tax (
    tenant_id   text    NOT NULL,
    day         date    NOT NULL,
    return_sale uuid    NOT NULL,
    n           bigint  NOT NULL,
    code        text    NOT NULL,
    percent     numeric NOT NULL,
    taxable     bigint  NOT NULL,
    amount      bigint  NOT NULL,
    PRIMARY KEY (tenant_id, day, return_sale, n)
) PARTITION BY RANGE (day);

CREATE TABLE return_tender (
    tenant_id   text   NOT NULL,
    day         date   NOT NULL,
    return_sale uuid   NOT NULL,
    n           bigint NOT NULL,
    kind        text   NOT NULL,
    amount      bigint NOT NULL CHECK (amount >= 0),
    PRIMARY KEY (tenant_id, day, return_sale, n)
) PARTITION BY RANGE (day);

CREATE TABLE stock_movement (
    tenant_id text   NOT NULL,
    day       date   NOT NULL,
    position  bigint NOT NULL,
    n         bigint NOT NULL,
    store     text   NOT NULL,
    sku       text   NOT NULL,
    kind      text   NOT NULL CHECK (kind IN ('sold', 'returned', 'wasted')),
    quantity  bigint NOT NULL,
    PRIMARY KEY (tenant_id, day, position, n, kind)
) PARTITION BY RANGE (day);

-- The sum of the movements; below nothing when more was sold than was ever received.
CREATE TABLE stock (
    tenant_id text   NOT NULL REFERENCES tenant,
    store     text   NOT NULL,
    sku       text   NOT NULL,
    on_hand   bigint NOT NULL,
    sold      bigint NOT NULL,
    PRIMARY KEY (tenant_id, store, sku)
) WITH (fillfactor = 70);

CREATE TABLE shift (
    tenant_id text   NOT NULL REFERENCES tenant,
    shift     uuid   NOT NULL,
    store     text   NOT NULL,
    register  bigint NOT NULL,
    number    bigint NOT NULL CHECK (number >= 1),
    opened_at bigint NOT NULL,
    currency  text   NOT NULL,
    float     bigint NOT NULL,
    closed_at bigint,
    z_number  bigint,
    counted   bigint,
    expected  bigint,
    note      text,
    PRIMARY KEY (tenant_id, shift),
    CHECK ((closed_at IS NULL) = (z_number IS NULL))
);

CREATE TABLE cash_movement (
    tenant_id text   NOT NULL REFERENCES tenant,
    id        uuid   NOT NULL,
    shift     uuid   NOT NULL,
    kind      text   NOT NULL,
    amount    bigint NOT NULL CHECK (amount > 0),
    currency  text   NOT NULL,
    reason    text   NOT NULL,
    moved_at  bigint NOT NULL,
    PRIMARY KEY (tenant_id, id)
);

-- Who sells where, without what their PIN is known by.
CREATE TABLE operator (
    tenant_id text    NOT NULL REFERENCES tenant,
    store     text    NOT NULL,
    operator  uuid    NOT NULL,
    name      text    NOT NULL,
    role      text    NOT NULL,
    language  text    NOT NULL,
    active    boolean NOT NULL,
    PRIMARY KEY (tenant_id, store, operator)
);

-- Every change of every document, in the order of the log.
CREATE TABLE document_change (
    tenant_id text     NOT NULL REFERENCES tenant,
    document  uuid     NOT NULL,
    position  bigint   NOT NULL,
    n         bigint   NOT NULL,
    kind      smallint NOT NULL,
    change    bytea    NOT NULL,
    PRIMARY KEY (tenant_id, document, position, n)
);

CREATE TABLE product (
    tenant_id    text    NOT NULL REFERENCES tenant,
    product      uuid    NOT NULL,
    name_en      text    NOT NULL,
    name_fr      text    NOT NULL,
    department   text    NOT NULL,
    tax_category text    NOT NULL,
    minimum_age  bigint,
    archived     boolean NOT NULL,
    open_price   boolean NOT NULL,
    PRIMARY KEY (tenant_id, product)
);

-- Two products that claim one SKU are both shown.
CREATE TABLE sku (
    tenant_id text NOT NULL REFERENCES tenant,
    product   uuid NOT NULL,
    sku       text NOT NULL,
    unit      text NOT NULL,
    -- with a space between
    gtins     text NOT NULL,
    PRIMARY KEY (tenant_id, product, sku)
);
CREATE INDEX sku_by_code ON sku (tenant_id, sku);

CREATE TABLE price (
    tenant_id text   NOT NULL REFERENCES tenant,
    -- the bucket of the price list
    document  uuid   NOT NULL,
    sku       text   NOT NULL,
    price     bigint,
    cost      bigint,
    PRIMARY KEY (tenant_id, sku, document)
);
CREATE INDEX price_by_document ON price (tenant_id, document);

-- What comes of a clock that is years off stays where it falls: outside of the months there are.
DO $$
DECLARE
    grows text;
BEGIN
    FOREACH grows IN ARRAY ARRAY['sale', 'sale_line', 'sale_tax', 'sale_tender', 'return_sale', 'return_line', 'return_tax',
                                 'return_tender', 'stock_movement'] LOOP
        EXECUTE format('CREATE TABLE %I PARTITION OF %I DEFAULT', grows || '_other', grows);
    END LOOP;
END $$;

-- Makes the partitions of a month. Rows of it that came before it was made move into them, so that this can be called
-- at any time and any number of times.
CREATE FUNCTION make_month(month date) RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
DECLARE
    grows text;
    part  text;
    first date := date_trunc('month', month)::date;
    next  date := (date_trunc('month', month) + interval '1 month')::date;
BEGIN
    FOREACH grows IN ARRAY ARRAY['sale', 'sale_line', 'sale_tax', 'sale_tender', 'return_sale', 'return_line', 'return_tax',
                                 'return_tender', 'stock_movement'] LOOP
        part := grows || to_char(first, '_YYYY_MM');
        CONTINUE WHEN to_regclass(part) IS NOT NULL;
        EXECUTE format('LOCK TABLE %I IN ACCESS EXCLUSIVE MODE', grows);
        EXECUTE format('CREATE TABLE %I (LIKE %I INCLUDING DEFAULTS INCLUDING CONSTRAINTS)', part, grows);
        EXECUTE format('WITH moved AS (DELETE FROM %I WHERE day >= %L AND day < %L RETURNING *) INSERT INTO %I SELECT * FROM moved',
                       grows || '_other', first, next, part);
        EXECUTE format('ALTER TABLE %I ATTACH PARTITION %I FOR VALUES FROM (%L) TO (%L)', grows, part, first, next);
    END LOOP;
END $$;
REVOKE EXECUTE ON FUNCTION make_month FROM PUBLIC;
GRANT EXECUTE ON FUNCTION make_month TO comptoir_application;
