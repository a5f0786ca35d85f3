package io.slackwater.pricing.rules;

import io.slackwater.pricing.model.CatalogEntry;
import io.slackwater.pricing.model.Period;
import io.slackwater.pricing.model.StockLevel;
import io.slackwater.pricing.model.TraceStep;
import io.slackwater.pricing.rules.Effect.Kind;
import io.slackwater.pricing.rules.RuleBook.Rule;
import java.util.ArrayList;
import java.util.Currency;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/**
 * One rule book, made ready to price: compiled once per version, then asked for every stock level.
 *
 * <p>A price is made in the contract's order ("How a price is made"): the base, then a step for
 * each kind of rule. {@link Effect.Kind} is that order, and each kind makes its own step. All steps
 * before the rounding are exact.
 *
 * <p>Safe for use by several threads.
 */
public final class PriceBook {

    private final String reference;
    private final long version;
    private final Period period;
    private final String currency;
    private final String defaultTier;
    private final Map<String, TraceStep> tierBases;
    private final PriceStep[] steps;
    private final List<ReadyRule<?>> rules;
    private final List<ReadyRule<?>> timedRules;
    private final int rulesWithoutScope;
    private final long[] ruleBoundaries;
    private final List<String> segments;

    /**
     * @param book a valid book
     * @param period when it holds
     */
    public PriceBook(RuleBook book, Period period) {
        this.reference = book.reference();
        this.version = book.version();
        this.period = period;
        this.currency = book.currency();
        this.defaultTier = book.defaultTier();
        tierBases = new HashMap<>();
        book.tiers()
                .forEach(
                        (name, tier) ->
                                tierBases.put(
                                        name,
                                        TraceStep.base(
                                                TraceStep.ofTier(name), null, tier.basePrice())));

        Map<Kind, List<Rule>> byKind = new EnumMap<>(Kind.class);
        TreeSet<String> namedSegments = new TreeSet<>();
        for (Rule rule : book.rules()) {
            byKind.computeIfAbsent(rule.kind(), kind -> new ArrayList<>()).add(rule);
            if (rule.effect().segment() != null) {
                namedSegments.add(rule.effect().segment());
            }
        }
        segments = List.copyOf(namedSegments);
        steps = steps(byKind, compilation(book), segments);
        rules = new ArrayList<>(book.rules().size());
        for (PriceStep step : steps) {
            rules.addAll(step.rules());
        }
        timedRules = new ArrayList<>();
        int withoutScope = 0;
        for (ReadyRule<?> rule : rules) {
            if (rule.isTimed()) {
                timedRules.add(rule);
            }
            withoutScope += rule.where.isEverywhere() ? 1 : 0;
        }
        rulesWithoutScope = withoutScope;
        ruleBoundaries =
                timedRules.stream()
                        .flatMapToLong(ReadyRule::boundaries)
                        .sorted()
                        .distinct()
                        .toArray();
    }

    private static Compilation compilation(RuleBook book) {
        int digits = Currency.getInstance(book.currency()).getDefaultFractionDigits();
        return new Compilation(book.reference(), book.regions(), Math.max(0, digits));
    }

    /** The steps of a price, in their order; a kind without a rule has none, but for rounding. */
    private static PriceStep[] steps(
            Map<Kind, List<Rule>> byKind, Compilation book, List<String> segments) {
        byKind.computeIfAbsent(Kind.ROUNDING, none -> List.of());
        List<PriceStep> steps = new ArrayList<>();
        byKind.forEach(
                (kind, ofKind) -> {
                    Effect any =
                            ofKind.isEmpty() ? Rounding.TO_THE_MINOR_UNIT : ofKind.get(0).effect();
                    steps.add(any.step(ofKind, book));
                });
        if (!segments.isEmpty()) {
            steps.add(new Segments(segments));
        }
        return steps.toArray(PriceStep[]::new);
    }

    /**
     * What the book says of a stock level.
     *
     * @param stock the level
     * @param catalog what is known of the product; null: nothing
     * @param at the moment that is priced, epoch milliseconds: single rules may begin and end
     */
    public Price price(StockLevel stock, CatalogEntry catalog, long at) {
        String tier = tierOf(catalog);
        TraceStep base = baseOf(catalog, tier);
        if (base == null) {
            return Price.none(
                    tier, tier == null ? Price.Unpriced.NO_TIER : Price.Unpriced.UNKNOWN_TIER);
        }
        String category = catalog == null ? null : catalog.category();
        Calculation price = new Calculation(stock, category, tier, at, base);
        for (int i = 0; i < steps.length; i++) {
            if (!steps[i].apply(price)) {
                return Price.none(tier, Price.Unpriced.NOT_POSITIVE, price.culprit);
            }
        }
        return price.price(currency);
    }

    private String tierOf(CatalogEntry catalog) {
        return catalog == null || catalog.priceTier() == null ? defaultTier : catalog.priceTier();
    }

    /** Null: neither a list price nor a tier that the book knows. */
    private TraceStep baseOf(CatalogEntry catalog, String tier) {
        TraceStep ofTier = tier == null ? null : tierBases.get(tier);
        if (catalog == null) {
            return ofTier;
        }
        // With the category, which scopes may name, a price can be recomputed from its trace.
        String category = catalog.category();
        if (catalog.listPrice() != null) {
            return TraceStep.base(TraceStep.LIST_PRICE, category, catalog.listPrice());
        }
        return ofTier == null || category == null
                ? ofTier
                : TraceStep.base(ofTier.source(), category, ofTier.after());
    }

    /** Such as {@code default@7}. */
    public String reference() {
        return reference;
    }

    public long version() {
        return version;
    }

    /** When it holds. */
    public Period period() {
        return period;
    }

    /** ISO 4217. */
    public String currency() {
        return currency;
    }

    /** Its entry in a calendar of books. */
    BookCalendar.Term term() {
        return new BookCalendar.Term(version, period);
    }

    /** Null: none. */
    String defaultTier() {
        return defaultTier;
    }

    /** The first step of a price, by tier. */
    Map<String, TraceStep> tierBases() {
        return tierBases;
    }

    /** The customer segments that get a price of their own, in alphabetical order. */
    List<String> segments() {
        return segments;
    }

    List<ReadyRule<?>> rules() {
        return rules;
    }

    /** How many rules apply everywhere, and are asked for every price. */
    int rulesWithoutScope() {
        return rulesWithoutScope;
    }

    /** The rules that begin or end by themselves. */
    List<ReadyRule<?>> timedRules() {
        return timedRules;
    }

    /** When any of its rules begins or ends, whether the book holds then or not; ascending. */
    long[] ruleBoundaries() {
        return ruleBoundaries;
    }
}
