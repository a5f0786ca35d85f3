package io.slackwater.pricing.rules;

import io.slackwater.pricing.model.Period;
import io.slackwater.pricing.model.RuleBook;
import io.slackwater.pricing.model.RuleBook.Band;
import io.slackwater.pricing.model.RuleBook.Kind;
import io.slackwater.pricing.model.RuleBook.Limits;
import io.slackwater.pricing.model.RuleBook.Promotion;
import io.slackwater.pricing.model.RuleBook.Rounding;
import io.slackwater.pricing.model.RuleBook.Rule;
import io.slackwater.pricing.model.RuleBook.Scope;
import io.slackwater.pricing.model.RuleBook.Tier;
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
    private final Kind kind;
    private List<Band> bands = List.of();
    private BigDecimal multiplier;
    private BigDecimal percentOff;
    private BigDecimal amountOff;
    private boolean exclusive;
    private String segment;
    private Limits limits;
    private Rounding rounding;
    private long minSeconds;
    private int priority;
    private Long from;
    private Long to;
    private Set<String> products = Set.of();
    private Set<String> categories = Set.of();
    private Set<String> tiers = Set.of();
    private Set<String> warehouses = Set.of();
    private Set<String> regions = Set.of();

    private Draft(String id, Kind kind) {
        this.id = id;
        this.kind = kind;
    }

    static Draft bands(String id, Band... bands) {
        Draft draft = new Draft(id, Kind.QUANTITY_BANDS);
        draft.bands = List.of(bands);
        return draft;
    }

    /** Everything costs so much. */
    static Draft costs(String id, String price) {
        return bands(id, new Band(null, null, null, null, new BigDecimal(price)));
    }

    static Draft regional(String id, String multiplier) {
        Draft draft = new Draft(id, Kind.REGIONAL);
        draft.multiplier = new BigDecimal(multiplier);
        return draft;
    }

    static Draft percentOff(String id, String percent) {
        Draft draft = new Draft(id, Kind.PROMOTION);
        draft.percentOff = new BigDecimal(percent);
        return draft;
    }

    static Draft amountOff(String id, String amount) {
        Draft draft = new Draft(id, Kind.PROMOTION);
        draft.amountOff = new BigDecimal(amount);
        return draft;
    }

    /** Either may be null. */
    static Draft limits(String id, String floor, String ceiling) {
        Draft draft = new Draft(id, Kind.LIMITS);
        draft.limits = new Limits(amount(floor), amount(ceiling));
        return draft;
    }

    /** The increment may be null. */
    static Draft rounding(String id, String increment, RoundingMode mode) {
        Draft draft = new Draft(id, Kind.ROUNDING);
        draft.rounding = new Rounding(amount(increment), mode, null);
        return draft;
    }

    static Draft ending(String id, String ending) {
        Draft draft = new Draft(id, Kind.ROUNDING);
        draft.rounding = new Rounding(null, RoundingMode.HALF_UP, new BigDecimal(ending));
        return draft;
    }

    static Draft hold(String id, long minSeconds) {
        Draft draft = new Draft(id, Kind.HOLD);
        draft.minSeconds = minSeconds;
        return draft;
    }

    Draft exclusive() {
        exclusive = true;
        return this;
    }

    Draft segment(String name) {
        segment = name;
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
                kind,
                new Scope(products, categories, tiers, warehouses, regions),
                priority,
                from,
                to,
                bands,
                multiplier,
                kind == Kind.PROMOTION
                        ? new Promotion(percentOff, amountOff, exclusive, segment)
                        : null,
                limits,
                rounding,
                minSeconds);
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
