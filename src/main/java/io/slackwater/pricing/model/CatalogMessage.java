package io.slackwater.pricing.model;

/**
 * One message of {@code product_catalog} as decoded. Exactly one of three: an entry, a removal
 * ({@code entry} and {@code deadLetter} null), or a dead letter.
 *
 * @param source where it came from
 * @param productId the product; null when the message could not be used
 * @param entry what it says of the product; null when it removes the entry or cannot be used
 * @param deadLetter why it cannot be used; null when it can
 */
public record CatalogMessage(
        Source source, String productId, CatalogEntry entry, DeadLetter deadLetter) {}
