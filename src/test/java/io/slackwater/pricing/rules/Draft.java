package io.slackwater.pricing.rules;

import io.slackwater.pricing.model.Period;
import io.slackwater.pricing.rules.QuantityBands.Band;
import io.slackwater.pricing.rules.RuleBook.Rule;
import io.slackwater.pricing.rules.RuleBook.Scope;
import io.slackwater.pricing.rules.RuleBook.Tier;
import io.slackwater.pricing.testing.Stock;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A rule on paper: {@code Draft.percentOff("sale", "10").products("P").priority(3).rule()}. And a
 * book of such rules, all of whose products cost 10 unless it is said otherwise.
 */
final class Draft {

    private final String id;
    private Effect effect;
    private int priority;
    private Long from;
    private Long to;
    private Set<String> products = Set.of();
    private Set<String> categories = Set.of();
    private Set<String> tiers = Set.of();
    private Set<String> warehouses = Set.of();
    private Set<String> regions = Set.of();

    private Draft(String id, Effect effect) {
        this.id = id;
        this.effect = effect;
    }

    /** A rule of any kind. */
    static Draft of(String id, Effect effect) {
        return new Draft(id, effect);
    }

    static Draft bands(String id, Band... bands) {
        return of(id, new QuantityBands(List.of(bands)));
    }

    /** Everything costs so much. */
    static Draft costs(String id, String price) {
        return bands(id, new Band(null, null, null, null, new BigDecimal(price)));
    }

    static Draft regional(String id, String multiplier) {
        return of(id, new Regional(new BigDecimal(multiplier)));
    }

    static Draft percentOff(String id, String percent) {
        return of(id, new Promotion(new BigDecimal(percent), null, false, null));
    }

    static Draft amountOff(String id, String amount) {
        return of(id, new Promotion(null, new BigDecimal(amount), false, null));
    }

    /** Either may be null. */
    static Draft limits(String id, String floor, String ceiling) {
        return of(id, new Limits(amount(floor), amount(ceiling)));
    }

    /** The increment may be null. */
    static Draft rounding(String id, String increment, RoundingMode mode) {
        return of(id, new Rounding(amount(increment), mode, null));
    }

    static Draft ending(String id, String ending) {
        return of(id, new Rounding(null, RoundingMode.HALF_UP, new BigDecimal(ending)));
    }

    static Draft hold(String id, long minSeconds) {
        return of(id, new Hold(minSeconds));
    }

    /** Of a promotion. */
    Draft exclusive() {
        Promotion promotion = (Promotion) effect;
        effect =
                new Promotion(
                        promotion.percentOff(), promotion.amountOff(), true, promotion.segment());
        return this;
    }

    /** Of a promotion. */
    Draft segment(String name) {
        Promotion promotion = (Promotion) effect;
        effect =
                new Promotion(
                        promotion.percentOff(), promotion.amountOff(), promotion.exclusive(), name);
        return this;
    }

    Draft priority(int value) {
        priority = value;
        return this;
    }

    /** Epoch milliseconds; null: none. */
    Draft from(Long millis) {
        from = millis;
        return this;
    }

    /** Epoch milliseconds; null: none. */
    Draft to(Long millis) {
        to = millis;
        return this;
    }

    Draft products(String... ids) {
        products = Set.of(ids);
        return this;
    }

    Draft categories(String... names) {
        categories = Set.of(names);
        return this;
    }

    Draft tiers(String... names) {
        tiers = Set.of(names);
        return this;
    }

    Draft warehouses(String... ids) {
        warehouses = Set.of(ids);
        return this;
    }

    Draft regions(String... names) {
        regions = Set.of(names);
        return this;
    }

    Rule rule() {
        return new Rule(
                id,
                new Scope(products, categories, tiers, warehouses, regions),
                priority,
                Period.of(from, to),
                effect);
    }

    private static BigDecimal amount(String text) {
        return text == null ? null : new BigDecimal(text);
    }

    static Book book(Draft... rules) {
        Rule[] ready = new Rule[rules.length];
        for (int i = 0; i < ready.length; i++) {
            ready[i] = rules[i].rule();
        }
        return new Book(List.of(ready));
    }

    static Book book(List<Rule> rules) {
        return new Book(rules);
    }

    /** A book of drafts: one tier, standard, which costs 10, and is everybody's. */
    static final class Book {
        private final List<Rule> rules;
        private final Map<String, Tier> tiers =
                new HashMap<>(Map.of("standard", new Tier(BigDecimal.TEN)));
        private final Map<String, Set<String>> regions = new HashMap<>();
        private String currency = "EUR";
        private String defaultTier = "standard";
        private long version = 1;
        private long from;
        private long to = Long.MAX_VALUE;

        private Book(List<Rule> rules) {
            this.rules = rules;
        }

        Book costs(String standard) {
            return tier("standard", standard);
        }

        Book tier(String name, String basePrice) {
            tiers.put(name, new Tier(new BigDecimal(basePrice)));
            return this;
        }

        Book region(String name, String... warehouses) {
            regions.put(name, Set.of(warehouses));
            return this;
        }

        Book currency(String code) {
            currency = code;
            return this;
        }

        Book defaultTier(String name) {
            defaultTier = name;
            return this;
        }

        Book version(long number) {
            version = number;
            return this;
        }

        /** Epoch milliseconds. */
        Book holds(long since, long until) {
            from = since;
            to = until;
            return this;
        }

        PriceBook compile() {
            return new PriceBook(
                    new RuleBook(
                            "default",
                            version,
                            currency,
                            from,
                            to == Long.MAX_VALUE ? null : to,
                            null,
                            false,
                            defaultTier,
                            tiers,
                            regions,
                            rules),
                    new Period(from, to));
        }

        /** What product P in warehouse W costs at time 0, 100 pieces of it. */
        Price price() {
            return compile().price(Stock.of(100), null, 0);
        }

        /** Likewise, as text; null: it is unpriced. */
        String amount() {
            BigDecimal amount = price().amount();
            return amount == null ? null : amount.toPlainString();
        }
    }
}
