/**
 * What decides a price? Pure Java, exact decimals, no clock, no Flink.
 *
 * <p>{@link io.slackwater.pricing.rules.PriceBook} is one rule book made ready to price; {@link
 * io.slackwater.pricing.rules.PriceBooks} knows which of them holds when; {@link
 * io.slackwater.pricing.rules.StockCondition} says what a quantity means.
 */
package io.slackwater.pricing.rules;
