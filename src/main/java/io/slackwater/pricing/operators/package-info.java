/**
 * Which steps are there? Most are one Flink function or operator a file, named for what it does.
 * They move data in and out of state; what a price is, the {@code rules} know.
 *
 * <p>{@link io.slackwater.pricing.operators.ApplyPricingRules}, where prices are made, is wired
 * from parts with one job each:
 *
 * <ul>
 *   <li>{@code StockOfProduct}: takes what is told of one product, and prices its stock with {@link
 *       io.slackwater.pricing.rules.StockPricing}; {@code ProductState} is how it is stored
 *   <li>{@code KnownBooks}: the rule books, each compiled once, and the event time reached
 *   <li>{@code Sweeps}: which stock a change of the rules re-examines, one {@code Sweep} after the
 *       other; {@code SweptProducts} are the products that it visits
 *   <li>{@code SliceSchedule}: when the next slice of a sweep may run; all questions to Flink's
 *       runtime are here
 *   <li>{@code HeldWatermark}: what is not passed on while a sweep goes on
 *   <li>{@code PricingResults}: sends on and counts what was decided
 * </ul>
 */
package io.slackwater.pricing.operators;
