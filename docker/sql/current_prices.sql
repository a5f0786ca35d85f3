-- The newest price of each product and warehouse, for whoever asks with SQL.
-- The job runs this at its start where the table is missing; run it yourself where the job may not.
CREATE TABLE IF NOT EXISTS current_prices (
    product_id    text        NOT NULL,
    warehouse_id  text        NOT NULL,
    quantity      bigint      NOT NULL,
    price_tier    text,
    price         numeric,                 -- null: withdrawn
    currency      text,                    -- ISO 4217
    price_version bigint      NOT NULL,    -- an older one never overwrites a newer one
    cause         text        NOT NULL,    -- inventory, rule_book, schedule, catalog
    event_time    timestamptz NOT NULL,    -- of the stock level
    effective_at  timestamptz NOT NULL,    -- since when the price holds
    rule_book     text,                    -- such as default@7
    -- A withdrawn price keeps its row: deleted, it would forget its version, and a replay of an
    -- older record would bring it back.
    withdrawn     boolean     NOT NULL,
    updated_at    timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (product_id, warehouse_id)
)
