package io.slackwater.pricing.rules;

import io.slackwater.pricing.model.StockLevel;
import io.slackwater.pricing.model.TraceStep.Step;
import io.slackwater.pricing.rules.RuleBook.Rule;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * A multiplier or a price by quantity and restocking time.
 *
 * @param bands the first that matches counts; the last one matches every stock level
 */
public record QuantityBands(List<Band> bands) implements Effect {

    /**
     * One band of quantities. Exactly one of {@code multiplier} and {@code price} is given.
     *
     * @param below matches quantities below it; null: every quantity
     * @param restockingOver matches restocking times above it, days; null: every one
     * @param restockingAtMost matches restocking times up to it, days; null: every one
     * @param multiplier multiplies the base, above 0; null when {@code price} is given
     * @param price replaces the base, above 0; null when {@code multiplier} is given
     */
    public record Band(
            Long below,
            Integer restockingOver,
            Integer restockingAtMost,
            BigDecimal multiplier,
            BigDecimal price) {

        /** A level without a restocking time matches neither of the two restocking guards. */
        boolean matches(StockLevel stock) {
            if (below != null && stock.quantity() >= below) {
                return false;
            }
            int restocking = stock.restockingTime();
            boolean known = restocking != StockLevel.ABSENT;
            if (restockingOver != null && !(known && restocking > restockingOver)) {
                return false;
            }
            return restockingAtMost == null || (known && restocking <= restockingAtMost);
        }

        /** Returns whether it {@linkplain #matches matches} whatever a later band would. */
        public boolean covers(Band later) {
            if (below != null && (later.below == null || below < later.below)) {
                return false;
            }
            if (!isGuarded()) {
                return true;
            }
            // A level without a restocking time matches no guard, but every band without one.
            return later.isGuarded() && over() <= later.over() && atMost() >= later.atMost();
        }

        private boolean isGuarded() {
            return restockingOver != null || restockingAtMost != null;
        }

        private int over() {
            return restockingOver == null ? -1 : restockingOver;
        }

        private int atMost() {
            return restockingAtMost == null ? Integer.MAX_VALUE : restockingAtMost;
        }

        private String result() {
            return price == null ? "x " + multiplier.toPlainString() : "= " + price.toPlainString();
        }

        private String inWords() {
            List<String> guards = new ArrayList<>();
            if (below != null) {
                guards.add("below " + below);
            }
            if (restockingOver != null) {
                guards.add("restocking over " + restockingOver + " days");
            }
            if (restockingAtMost != null) {
                guards.add("restocking at most " + restockingAtMost + " days");
            }
            return (guards.isEmpty() ? "else" : String.join(" and ", guards)) + " " + result();
        }
    }

    @Override
    public Kind kind() {
        return Kind.QUANTITY_BANDS;
    }

    @Override
    public Map<String, String> inWords() {
        return Map.of("bands", bands.stream().map(Band::inWords).collect(Collectors.joining(", ")));
    }

    @Override
    public PriceStep step(List<Rule> rules, Compilation book) {
        return new OfBook(rules, book);
    }

    /** The bands of a rule, each with what a trace says of it. */
    private record Ready(List<Band> bands, String[] details) {

        static Ready of(Rule rule) {
            List<Band> bands = ((QuantityBands) rule.effect()).bands();
            String[] details = new String[bands.size()];
            for (int i = 0; i < details.length; i++) {
                details[i] = "band " + (i + 1) + " " + bands.get(i).result();
            }
            return new Ready(bands, details);
        }
    }

    private static final class OfBook extends PriceStep {

        private final RuleIndex<Ready> rules;
        private final String book;

        OfBook(List<Rule> rules, Compilation book) {
            this.rules = new RuleIndex<>(rules, book, Precedence.MOST_SPECIFIC_FIRST, Ready::of);
            this.book = book.reference();
        }

        @Override
        boolean apply(Calculation price) {
            Match<Ready> match = rules.find(price);
            if (match == null) {
                return true;
            }
            ReadyRule<Ready> rule = match.winner();
            List<Band> bands = rule.ready.bands;
            for (int i = 0; i < bands.size(); i++) {
                Band band = bands.get(i);
                if (band.matches(price.stock)) {
                    price.add(
                            Step.QUANTITY_BANDS,
                            rule.id(),
                            rule.ready.details[i],
                            band.price != null
                                    ? band.price
                                    : price.amount.multiply(band.multiplier),
                            match.lost());
                    return true;
                }
            }
            throw new IllegalStateException(
                    "rule " + rule.id() + " of " + book + " has no last band for all");
        }

        @Override
        List<ReadyRule<Ready>> rules() {
            return rules.rules();
        }
    }
}
