package io.slackwater.pricing.model;

import java.math.BigDecimal;

/**
 * What is known of a product at rest.
 *
 * @param priceTier the tier; null: the rule book's default tier
 * @param listPrice replaces the tier's base price, above 0; null: none
 * @param category null: none
 * @param updatedAt epoch milliseconds; of two entries of a product the newer wins
 */
public record CatalogEntry(
        String priceTier, BigDecimal listPrice, String category, long updatedAt) {}
