/**
 * Real-time dynamic pricing as one Flink job: stock moves, and prices follow by rules that pricing
 * managers own.
 *
 * <pre>
 *  inventory_raw        product_catalog         pricing_rules
 *       |                      |                      |
 *  read-inventory         read-catalog            read-rules
 *       |   \                  |                      |
 *       |    track-event-time  |                      |
 *       |               \______|___________________   |
 *       |                      |                   \  |
 *  flatten-inventory    flatten-catalog             \ |
 *       |   \   \              |   \   \             \|
 *       |    \   sample-stock  |    \   sample-catalog|
 *       |     \           \____|_____\_____________\  |
 *       |      \               |      \          accept-rule-books --> rule_status
 *       |       \              |       \              |
 *       |    dead_letters      |    dead_letters      | (broadcast)
 *       |                      |                      |
 *       +---- by product ------+---- apply-pricing-rules ----> price_list, current_prices,
 *                                      |     |     |            pricing.events
 *                                   alerts   |   report-convergence --> rule_status
 *                                            |
 *                                    sum-stock-shifts
 *                                            | (by dimension and value)
 *                                    close-metrics-window --> dashboard_metrics
 * </pre>
 *
 * <p>The tour, in reading order:
 *
 * <ol>
 *   <li>{@link io.slackwater.pricing.PricingTopology}: the whole flow, on one screen
 *   <li>{@code model}: what flows, as records
 *   <li>{@code rules}: what decides a price; pure Java
 *   <li>{@code operators}: the steps, one Flink function a file; begin with {@link
 *       io.slackwater.pricing.operators.ApplyPricingRules}
 *   <li>{@code json}: how it looks on the wire
 *   <li>{@code connectors}: how it reaches the world
 *   <li>{@code settings}: what can be set
 *   <li>{@link io.slackwater.pricing.PricingJob}: puts these together
 *   <li>{@code demo}, {@code tools}: start it here, and what pricing managers use; nothing depends
 *       on them
 * </ol>
 */
package io.slackwater.pricing;
