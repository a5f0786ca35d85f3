package io.slackwater.pricing.model;

/**
 * One message of {@code pricing_rules}, unread: what it means is decided in one place, where books
 * are accepted.
 *
 * @param source where it came from
 * @param key the Kafka key; null when there was none
 * @param document the rule book as JSON; null retires the book
 */
public record RuleBookMessage(Source source, byte[] key, byte[] document) {}
