package io.slackwater.pricing.model;

import java.math.BigDecimal;

/**
 * How one product in one warehouse moved: what it counted for before and what it counts for from
 * now on. The dashboard adds up shifts, never levels (a level added twice would double the stock).
 *
 * @param at the moment that it counts from, epoch milliseconds, in a window still open
 * @param warehouseId the warehouse
 * @param before what it counted for; null: nothing
 * @param after what it counts for; null: nothing
 * @param updates 1 where a stock level became the newest in the window of {@code at}, else 0
 * @param updatePrice the price of a stock level of that window, in the currency of {@code after};
 *     null: none
 * @param priceChanges 1 where a published price differs from the one before, else 0
 */
public record StockShift(
        long at,
        String warehouseId,
        Position before,
        Position after,
        int updates,
        BigDecimal updatePrice,
        int priceChanges) {

    /**
     * What a product in a warehouse counts for.
     *
     * @param priceTier null: none known
     * @param quantity pieces on hand
     * @param price null: none
     * @param currency of the price, ISO 4217; null where there is none
     */
    public record Position(String priceTier, long quantity, BigDecimal price, String currency) {}
}
