package io.slackwater.pricing.model;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * A part of a dashboard metric: what one subtask saw of one window and one value of a dimension.
 * Two shares of the same window and value add up to a share.
 *
 * <p>Amounts of two currencies are never added up or compared: a window in which the currency
 * changes has {@code others} besides its own amounts.
 *
 * @param windowStart epoch milliseconds, inclusive
 * @param dimension {@code warehouse}, {@code price_tier} or {@code all}
 * @param value of the dimension
 * @param updates stock levels that became the newest, with a price in {@code currency}
 * @param priced how many of their prices are in {@code priceSum}
 * @param priceChanges published prices in {@code currency} that differ from the one before
 * @param minPrice null: none
 * @param maxPrice null: none
 * @param priceSum sum of the prices of its updates
 * @param units change of the units on hand
 * @param stockValue change of quantity times price
 * @param low change of the number of keys that are low
 * @param out change of the number of keys that are out of stock
 * @param oversold change of the number of oversold keys
 * @param currency of the amounts above, ISO 4217; null: of what has no price, or stored by release
 *     0.1.0
 * @param others amounts of other currencies, each once; null or empty: none
 */
public record MetricShare(
        long windowStart,
        String dimension,
        String value,
        long updates,
        long priced,
        long priceChanges,
        BigDecimal minPrice,
        BigDecimal maxPrice,
        BigDecimal priceSum,
        long units,
        BigDecimal stockValue,
        long low,
        long out,
        long oversold,
        String currency,
        List<Amounts> others) {

    /**
     * What a share has in one currency. The fields mean the same as in {@link MetricShare}.
     *
     * @param currency ISO 4217; null: of what has no price
     */
    public record Amounts(
            String currency,
            long updates,
            long priced,
            long priceChanges,
            BigDecimal minPrice,
            BigDecimal maxPrice,
            BigDecimal priceSum,
            BigDecimal stockValue) {

        Amounts plus(Amounts other, String currencyOfBoth) {
            return new Amounts(
                    currencyOfBoth,
                    updates + other.updates,
                    priced + other.priced,
                    priceChanges + other.priceChanges,
                    smaller(minPrice, other.minPrice),
                    larger(maxPrice, other.maxPrice),
                    priceSum.add(other.priceSum),
                    stockValue.add(other.stockValue));
        }

        /** Returns whether nothing came and no amount moved. */
        public boolean isQuiet() {
            return updates == 0 && priceChanges == 0 && stockValue.signum() == 0;
        }
    }

    /** A share with at least one element of {@code amounts}. */
    public static MetricShare of(
            long windowStart,
            String dimension,
            String value,
            List<Amounts> amounts,
            long units,
            long low,
            long out,
            long oversold) {
        Amounts first = amounts.get(0);
        return new MetricShare(
                windowStart,
                dimension,
                value,
                first.updates,
                first.priced,
                first.priceChanges,
                first.minPrice,
                first.maxPrice,
                first.priceSum,
                units,
                first.stockValue,
                low,
                out,
                oversold,
                first.currency,
                amounts.size() == 1 ? List.of() : List.copyOf(amounts.subList(1, amounts.size())));
    }

    /** Both together; of the same window and value. */
    public MetricShare plus(MetricShare other) {
        // The usual case first, without a map: one currency.
        List<Amounts> both =
                hasOthers() || other.hasOthers() || !same(currency, other.currency)
                        ? merged(amounts(), other.amounts())
                        : List.of(own().plus(other.own(), currency));
        return of(
                windowStart,
                dimension,
                value,
                both,
                units + other.units,
                low + other.low,
                out + other.out,
                oversold + other.oversold);
    }

    /** By currency; at least one. */
    public List<Amounts> amounts() {
        if (!hasOthers()) {
            return List.of(own());
        }
        List<Amounts> all = new ArrayList<>(others.size() + 1);
        all.add(own());
        all.addAll(others);
        return all;
    }

    /**
     * By currency in alphabetical order, with what has no price counted to the first; a single
     * element without a currency where nothing has a price.
     */
    public List<Amounts> amountsByCurrency() {
        if (!hasOthers()) {
            return List.of(own());
        }
        List<Amounts> sorted = merged(amounts(), List.of());
        if (sorted.size() == 1 || sorted.get(0).currency != null) {
            return sorted;
        }
        List<Amounts> named = new ArrayList<>(sorted.subList(1, sorted.size()));
        Amounts first = named.get(0);
        named.set(0, first.plus(sorted.get(0), first.currency));
        return named;
    }

    private boolean hasOthers() {
        return others != null && !others.isEmpty();
    }

    private Amounts own() {
        return new Amounts(
                currency, updates, priced, priceChanges, minPrice, maxPrice, priceSum, stockValue);
    }

    private static List<Amounts> merged(List<Amounts> some, List<Amounts> more) {
        Map<String, Amounts> byCurrency =
                new TreeMap<>(Comparator.nullsFirst(Comparator.naturalOrder()));
        for (Amounts amounts : some) {
            byCurrency.merge(amounts.currency, amounts, (a, b) -> a.plus(b, a.currency));
        }
        for (Amounts amounts : more) {
            byCurrency.merge(amounts.currency, amounts, (a, b) -> a.plus(b, a.currency));
        }
        return List.copyOf(byCurrency.values());
    }

    private static boolean same(String a, String b) {
        return a == null ? b == null : a.equals(b);
    }

    private static BigDecimal smaller(BigDecimal a, BigDecimal b) {
        return a == null || (b != null && b.compareTo(a) < 0) ? b : a;
    }

    private static BigDecimal larger(BigDecimal a, BigDecimal b) {
        return a == null || (b != null && b.compareTo(a) > 0) ? b : a;
    }
}
