package io.slackwater.pricing.demo;

import com.fasterxml.jackson.databind.JsonNode;
import io.slackwater.pricing.demo.ContractModel.Book;
import io.slackwater.pricing.demo.ContractModel.Subject;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.Currency;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * "How a price is made", read from the contract by somebody who has never seen the engine. {@link
 * ContractRules} says which rules count; this class calculates with their numbers, in fractions.
 */
public final class ContractPrice {

    private ContractPrice() {}

    /**
     * A price and those of the segments.
     *
     * @param price above 0, with the currency's digits
     * @param segments by segment, likewise; empty: none
     */
    public record Amounts(BigDecimal price, String currency, Map<String, BigDecimal> segments) {

        /** Equal amounts are equal texts. */
        @Override
        public String toString() {
            return price + " " + currency + (segments.isEmpty() ? "" : " " + segments);
        }
    }

    /**
     * The price that is due.
     *
     * @param tier null: none
     * @param due null: there is no price
     * @param known the segments that any promotion of the book names, each with or without a price
     * @param floor as in the book; null: none
     * @param ceiling likewise
     * @param limited by segment, and by {@code ""} for everybody: {@code FLOOR} or {@code CEILING}
     *     where the rules would have gone beyond it
     * @param holdSeconds how long a price stays before this one may take its place; 0: no time
     */
    public record Quote(
            String tier,
            Amounts due,
            TreeSet<String> known,
            BigDecimal floor,
            BigDecimal ceiling,
            Map<String, String> limited,
            long holdSeconds) {

        /** No price, as of no book. */
        public static final Quote NONE = none(null);

        static Quote none(String tier) {
            return new Quote(tier, null, new TreeSet<>(), null, null, Map.of(), 0);
        }

        /** Returns what the rules say, for a sentence that begins with "the rules say". */
        String words() {
            return due == null ? "that it has no price" : due.toString();
        }

        /**
         * Returns what is to be shown: the price that is due, or the price before that a hold
         * keeps. Prices of everybody and of the segments are held together; limits are stronger
         * than a hold.
         *
         * @param before null: there was none
         * @param since since when there was that price, epoch milliseconds
         * @param asOf now
         * @return null: no price
         */
        public Amounts shown(Amounts before, long since, long asOf) {
            if (due == null
                    || before == null
                    || holdSeconds == 0
                    || asOf - since >= 1_000 * holdSeconds
                    || !before.currency().equals(due.currency())
                    || isBeyondLimits(before.price())) {
                return due;
            }
            Map<String, BigDecimal> kept = new TreeMap<>();
            // A segment that the book does not know, or does not sell to, has no price to keep.
            for (String segment : due.segments().keySet()) {
                // One that is new in the book pays what everybody pays.
                BigDecimal held = before.segments().getOrDefault(segment, before.price());
                if (isBeyondLimits(held)) {
                    return due;
                }
                kept.put(segment, held);
            }
            return new Amounts(before.price(), before.currency(), kept);
        }

        private boolean isBeyondLimits(BigDecimal price) {
            return (floor != null && price.compareTo(floor) < 0)
                    || (ceiling != null && price.compareTo(ceiling) > 0);
        }
    }

    /**
     * "How a price is made", from the top to the bottom.
     *
     * @param priced the book that decides; null: none
     */
    public static Quote quote(Book priced, Subject subject, long at) {
        if (priced == null) {
            return Quote.NONE;
        }
        JsonNode book = priced.document();
        String currency = book.get("currency").asText();
        int digits = Currency.getInstance(currency).getDefaultFractionDigits();
        String tier =
                subject.tier() == null ? book.path("default_tier").asText(null) : subject.tier();
        Quote none = Quote.none(tier);
        ContractRules rules = new ContractRules(book, subject, tier, at);

        // 1. base: the catalog's list price, else the tier's base price.
        Fraction amount;
        if (subject.listPrice() != null) {
            amount = Fraction.of(subject.listPrice());
        } else if (tier != null && book.get("tiers").has(tier)) {
            amount = Fraction.of(book.get("tiers").get(tier).get("base_price"));
        } else {
            return none;
        }

        // 2. quantity_bands: the first band that matches.
        JsonNode banded = rules.winner("quantity_bands");
        if (banded != null) {
            for (JsonNode band : banded.get("bands")) {
                if (matches(band, subject)) {
                    amount =
                            band.has("price")
                                    ? Fraction.of(band.get("price"))
                                    : amount.times(Fraction.of(band.get("multiplier")));
                    break;
                }
            }
        }

        // 3. regional.
        JsonNode regional = rules.winner("regional");
        if (regional != null) {
            amount = amount.times(Fraction.of(regional.get("multiplier")));
        }

        // 4. promotion: for everybody, and for each segment that the book names anywhere.
        Fraction everybody = promoted(amount, rules.promotionsFor(null));
        Map<String, Fraction> forSegments = new TreeMap<>();
        for (JsonNode rule : book.get("rules")) {
            if (rule.has("segment")) {
                String segment = rule.get("segment").asText();
                Fraction own = promoted(amount, rules.promotionsFor(segment));
                forSegments.put(segment, own.isAbove(everybody) ? everybody : own);
            }
        }

        // 5. limits, 6. rounding and the limits once more: the same for everybody and segments.
        JsonNode limits = rules.winner("limits");
        JsonNode rounding = rules.winner("rounding");
        BigInteger price = inMinorUnits(everybody, limits, rounding, digits);
        if (price == null) {
            return none;
        }
        // A segment's fault costs the segment alone.
        Map<String, BigDecimal> segments = new TreeMap<>();
        for (Map.Entry<String, Fraction> entry : forSegments.entrySet()) {
            BigInteger own = inMinorUnits(entry.getValue(), limits, rounding, digits);
            if (own != null) {
                segments.put(entry.getKey(), new BigDecimal(own, digits));
            }
        }
        JsonNode hold = rules.winner("hold");
        BigDecimal floor = amount(limits, "floor");
        BigDecimal ceiling = amount(limits, "ceiling");
        Map<String, String> limited = new TreeMap<>();
        limited.put("", limited(everybody, floor, ceiling));
        forSegments.forEach(
                (segment, own) -> {
                    // One that pays what everybody pays is told with everybody.
                    if (own.compareTo(everybody) != 0) {
                        limited.put(segment, limited(own, floor, ceiling));
                    }
                });
        limited.values().removeIf(Objects::isNull);
        return new Quote(
                tier,
                new Amounts(new BigDecimal(price, digits), currency, segments),
                new TreeSet<>(forSegments.keySet()),
                floor,
                ceiling,
                limited,
                hold == null ? 0 : hold.get("min_seconds").asLong());
    }

    private static BigDecimal amount(JsonNode limits, String which) {
        return limits == null || !limits.has(which) ? null : limits.get(which).decimalValue();
    }

    private static String limited(Fraction exact, BigDecimal floor, BigDecimal ceiling) {
        if (floor != null && Fraction.of(floor).isAbove(exact)) {
            return "FLOOR";
        }
        return ceiling != null && exact.isAbove(Fraction.of(ceiling)) ? "CEILING" : null;
    }

    private static boolean matches(JsonNode band, Subject subject) {
        int days = subject.restockingTime();
        if (band.has("below") && subject.quantity() >= band.get("below").asLong()) {
            return false;
        }
        if (band.has("restocking_over")
                && (days < 0 || days <= band.get("restocking_over").asInt())) {
            return false;
        }
        return !band.has("restocking_at_most")
                || (days >= 0 && days <= band.get("restocking_at_most").asInt());
    }

    // ---------------------------------------------------------------- arithmetic

    /** Percentages first, then amounts. */
    private static Fraction promoted(Fraction amount, List<JsonNode> promotions) {
        Fraction left = amount;
        for (JsonNode rule : promotions) {
            if (rule.has("percent_off")) {
                Fraction percent = Fraction.of(rule.get("percent_off"));
                left = left.times(Fraction.of(100).minus(percent)).times(Fraction.HUNDREDTH);
            }
        }
        for (JsonNode rule : promotions) {
            if (rule.has("amount_off")) {
                left = left.minus(Fraction.of(rule.get("amount_off")));
            }
        }
        return left;
    }

    /** The final amount, counted in the currency's minor unit; null: it is zero or less. */
    private static BigInteger inMinorUnits(
            Fraction exact, JsonNode limits, JsonNode rounding, int digits) {
        Fraction units = Fraction.of(BigInteger.TEN.pow(digits));
        Fraction amount = exact.times(units);
        Fraction floor = scaled(limits, "floor", units);
        Fraction ceiling = scaled(limits, "ceiling", units);
        if (floor != null && floor.isAbove(amount)) {
            amount = floor;
        } else if (ceiling != null && amount.isAbove(ceiling)) {
            amount = ceiling;
        }
        if (amount.over().signum() <= 0) {
            return null;
        }
        BigInteger whole = rounded(amount, rounding, units);
        if (floor != null && whole.compareTo(floor.wholeAbove()) < 0) {
            whole = floor.wholeAbove();
        } else if (ceiling != null && whole.compareTo(ceiling.wholeBelow()) > 0) {
            whole = ceiling.wholeBelow();
        }
        return whole.signum() > 0 ? whole : null;
    }

    private static Fraction scaled(JsonNode limits, String which, Fraction units) {
        return limits == null || !limits.has(which)
                ? null
                : Fraction.of(limits.get(which)).times(units);
    }

    private static BigInteger rounded(Fraction amount, JsonNode rounding, Fraction units) {
        if (rounding != null && rounding.has("ending")) {
            Fraction ending = Fraction.of(rounding.get("ending"));
            BigInteger power = BigInteger.ONE;
            while (!Fraction.of(power).isAbove(ending)) {
                power = power.multiply(BigInteger.TEN);
            }
            // ending, ending + power, ending + 2 * power ...: the one below and the one above.
            BigInteger step = units.times(Fraction.of(power)).wholeBelow();
            BigInteger least = ending.times(units).wholeBelow();
            Fraction steps =
                    amount.minus(Fraction.of(least)).times(new Fraction(BigInteger.ONE, step));
            BigInteger below = least.add(step.multiply(steps.wholeBelow().max(BigInteger.ZERO)));
            BigInteger above = below.add(step);
            return amount.distance(below).isAbove(amount.distance(above)) ? above : below;
        }
        BigInteger increment =
                rounding != null && rounding.has("increment")
                        ? Fraction.of(rounding.get("increment")).times(units).wholeBelow()
                        : BigInteger.ONE;
        Fraction steps = amount.times(new Fraction(BigInteger.ONE, increment));
        BigInteger below = steps.wholeBelow();
        Fraction rest = steps.minus(Fraction.of(below));
        int half = rest.times(Fraction.of(2)).compareTo(Fraction.of(1));
        boolean up =
                switch (rounding == null ? "HALF_UP" : rounding.path("mode").asText("HALF_UP")) {
                    case "UP" -> rest.over().signum() > 0;
                    case "DOWN" -> false;
                    case "HALF_EVEN" -> half > 0 || (half == 0 && below.testBit(0));
                    default -> half >= 0;
                };
        return (up ? below.add(BigInteger.ONE) : below).multiply(increment);
    }
}
