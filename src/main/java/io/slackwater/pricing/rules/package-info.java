/**
 * What decides a price? Pure Java, exact decimals, no clock, no Flink.
 *
 * <p>{@link io.slackwater.pricing.rules.PriceBook} is one rule book made ready to price, and its
 * {@code price} method is the contract's table of steps, top to bottom; {@link
 * io.slackwater.pricing.rules.PriceBooks} knows which book holds when, and when prices may change
 * by themselves; {@link io.slackwater.pricing.rules.Touched} says which stock a change of the rules
 * can concern; {@link io.slackwater.pricing.rules.StockCondition} says what a quantity means.
 *
 * <p>Behind them: {@code Where} is a scope with its regions resolved, {@code RuleIndex} finds the
 * rules that apply at a {@code Place}, {@code ReadyRule}, {@code Bounds} and {@code Rounder} are a
 * rule's numbers and texts worked out once, {@code Promoted} is who gets which promotion.
 */
package io.slackwater.pricing.rules;
