/**
 * How does it reach the world? Kafka, Iceberg and Postgres behind the seam of {@link
 * io.slackwater.pricing.Inputs} and {@link io.slackwater.pricing.Outputs}: the topology never sees
 * a connector. {@link io.slackwater.pricing.connectors.Connectors} is the one class to call.
 *
 * <pre>
 *  inventory_raw    -> read-inventory   (event time of each partition: EventTimeProgress)
 *  product_catalog  -> read-catalog
 *  pricing_rules    -> read-rules       (one partition, one reader: the order of the books)
 *
 *  events -+-> select-published-prices -+-> write-price-list       -> price_list
 *          |                            +-> write-current-prices   -> current_prices
 *          +-> map-event-to-row         --> write-lake-events      -> pricing.events
 *  metrics -+-> write-dashboard-metrics -> dashboard_metrics
 *           +-> map-metric-to-row       --> write-lake-metrics     -> pricing.dashboard_metrics
 *  dead letters -+-> write-dead-letters -> dead_letters
 *                +-> map-dead-letter-to-row -> write-lake-dead-letters -> pricing.dead_letters
 *  alerts       -> write-alerts         -> alerts
 *  rule status -+-> write-rule-status   -> rule_status
 *               +-> select-rule-book-answers -> map-rule-book-to-row -> write-lake-rule-books
 *                                         -> pricing.rule_books
 * </pre>
 */
package io.slackwater.pricing.connectors;
