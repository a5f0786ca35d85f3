package io.slackwater.pricing.rules;

import io.slackwater.pricing.model.CatalogEntry;
import io.slackwater.pricing.model.Period;
import io.slackwater.pricing.model.PriceTag;
import io.slackwater.pricing.model.PricedStock.Limit;
import io.slackwater.pricing.model.PricedStock.SegmentMark;
import io.slackwater.pricing.model.RuleBook;
import io.slackwater.pricing.model.RuleBook.Band;
import io.slackwater.pricing.model.RuleBook.Kind;
import io.slackwater.pricing.model.RuleBook.Rule;
import io.slackwater.pricing.model.StockLevel;
import io.slackwater.pricing.model.TraceStep;
import io.slackwater.pricing.model.TraceStep.Step;
import io.slackwater.pricing.rules.Price.SegmentNote;
import io.slackwater.pricing.rules.RuleIndex.Fitting;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Currency;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/**
 * One rule book, made ready to price: compiled once per version, then asked for every stock level.
 *
 * <p>A price is made in the contract's order ("How a price is made"): base, quantity bands,
 * regional, promotions, limits, rounding, and the limits once more in whole minor units. All steps
 * before the rounding are exact. Every customer segment that the book names anywhere goes through
 * the same promotions, limits and rounding with the promotions that are for it.
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
    private final List<ReadyRule> rules;
    private final List<ReadyRule> timedRules;
    private final int rulesWithoutScope;
    private final long[] ruleBoundaries;
    private final List<String> segments;
    private final RuleIndex quantityBands;
    private final RuleIndex regional;
    private final RuleIndex promotions;
    private final RuleIndex limits;
    private final RuleIndex roundings;
    private final RuleIndex holds;
    private final Rounder toTheMinorUnit;

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
        int digits = Math.max(0, Currency.getInstance(currency).getDefaultFractionDigits());
        toTheMinorUnit = new Rounder(null, digits);
        tierBases = new HashMap<>();
        book.tiers()
                .forEach(
                        (name, tier) ->
                                tierBases.put(
                                        name,
                                        TraceStep.base(
                                                TraceStep.ofTier(name), null, tier.basePrice())));

        rules = new ArrayList<>(book.rules().size());
        timedRules = new ArrayList<>();
        Map<Kind, List<ReadyRule>> byKind = new EnumMap<>(Kind.class);
        TreeSet<String> namedSegments = new TreeSet<>();
        for (Rule rule : book.rules()) {
            ReadyRule ready = new ReadyRule(rule, book.regions(), digits);
            rules.add(ready);
            byKind.computeIfAbsent(rule.kind(), kind -> new ArrayList<>()).add(ready);
            if (ready.isTimed()) {
                timedRules.add(ready);
            }
            if (rule.promotion() != null && rule.promotion().segment() != null) {
                namedSegments.add(rule.promotion().segment());
            }
        }
        rulesWithoutScope = (int) rules.stream().filter(r -> r.where.isEverywhere()).count();
        segments = List.copyOf(namedSegments);
        ruleBoundaries =
                timedRules.stream()
                        .flatMapToLong(ReadyRule::boundaries)
                        .sorted()
                        .distinct()
                        .toArray();
        quantityBands = index(byKind, Kind.QUANTITY_BANDS);
        regional = index(byKind, Kind.REGIONAL);
        promotions = index(byKind, Kind.PROMOTION);
        limits = index(byKind, Kind.LIMITS);
        roundings = index(byKind, Kind.ROUNDING);
        holds = index(byKind, Kind.HOLD);
    }

    private static RuleIndex index(Map<Kind, List<ReadyRule>> byKind, Kind kind) {
        return new RuleIndex(
                byKind.getOrDefault(kind, List.of()),
                kind == Kind.PROMOTION
                        ? RuleIndex.HIGHEST_PRIORITY_FIRST
                        : RuleIndex.MOST_SPECIFIC_FIRST);
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
        Fitting fitting =
                new Fitting(
                        stock.productId(),
                        catalog == null ? null : catalog.category(),
                        tier,
                        stock.warehouseId(),
                        at);
        List<TraceStep> trace = new ArrayList<>(4);
        trace.add(base);
        BigDecimal amount = band(base.after(), stock, fitting, trace);
        amount = region(amount, fitting, trace);

        BigDecimal beforePromotions = amount;
        promotions.find(fitting);
        List<ReadyRule> applicable = fitting.all();
        Promoted everybody = Promoted.everybody(applicable, amount, trace);
        amount = everybody.amount();

        limits.find(fitting);
        ReadyRule limit = fitting.winner;
        String lostLimits = fitting.lost();
        roundings.find(fitting);
        Rounder rounder = fitting.winner == null ? toTheMinorUnit : fitting.winner.rounder;

        Limit cutBy = Limit.NONE;
        if (limit != null) {
            BigDecimal cut = limit.bounds.cut(amount);
            cutBy = Bounds.between(amount, cut);
            trace.add(limitStep(limit, cutBy, amount, cut, lostLimits));
            amount = cut;
        }
        if (amount.signum() <= 0) {
            return Price.none(tier, Price.Unpriced.NOT_POSITIVE, everybody.last());
        }
        BigDecimal rounded = rounder.round(amount);
        String roundedBy = fitting.winner == null ? null : fitting.winner.id();
        trace.add(
                TraceStep.of(
                        Step.ROUNDING,
                        roundedBy == null ? TraceStep.NO_RULE : roundedBy,
                        rounder.detail(),
                        amount,
                        rounded,
                        fitting.lost()));
        amount = rounded;
        if (limit != null) {
            BigDecimal cut = limit.bounds.cutRounded(rounded);
            Limit cutAgain = Bounds.between(rounded, cut);
            if (cutAgain != Limit.NONE) {
                cutBy = cutAgain;
                trace.add(limitStep(limit, cutBy, rounded, cut, ""));
                amount = cut;
            }
        }
        if (amount.signum() <= 0) {
            return Price.none(
                    tier,
                    Price.Unpriced.NOT_POSITIVE,
                    roundedBy == null ? everybody.last() : roundedBy);
        }

        Map<String, BigDecimal> segmentPrices = Map.of();
        List<SegmentNote> notes = List.of();
        if (!segments.isEmpty()) {
            segmentPrices = new LinkedHashMap<>();
            for (int i = 0; i < segments.size(); i++) {
                String segment = segments.get(i);
                Promoted own =
                        Promoted.segment(segment, applicable, beforePromotions, everybody.amount());
                SegmentPrice price = SegmentPrice.of(own, amount, limit, rounder);
                if (price.mark() != null) {
                    notes = notes.isEmpty() ? new ArrayList<>(2) : notes;
                    notes.add(
                            new SegmentNote(
                                    segment,
                                    price.mark(),
                                    price.beforeRounding() || roundedBy == null
                                            ? own.last()
                                            : roundedBy));
                }
                if (price.mark() == SegmentMark.UNPRICED) {
                    continue; // Its fault costs nobody else anything.
                }
                segmentPrices.put(segment, price.amount());
                trace.add(
                        TraceStep.of(
                                Step.SEGMENT,
                                segment,
                                own.counted() + price.detail(),
                                beforePromotions,
                                price.amount(),
                                own.lost()));
            }
            segmentPrices = Collections.unmodifiableMap(segmentPrices);
        }
        holds.find(fitting);
        Rule hold = fitting.winner == null ? null : fitting.winner.rule;
        return new Price(
                tier,
                new PriceTag(amount, currency, segmentPrices),
                cutBy,
                hold,
                null,
                trace,
                notes,
                limit == null ? null : limit.bounds,
                null);
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

    private BigDecimal band(
            BigDecimal before, StockLevel stock, Fitting fitting, List<TraceStep> trace) {
        quantityBands.find(fitting);
        ReadyRule ready = fitting.winner;
        if (ready == null) {
            return before;
        }
        List<Band> bands = ready.rule.bands();
        for (int i = 0; i < bands.size(); i++) {
            Band band = bands.get(i);
            if (matches(band, stock)) {
                BigDecimal after =
                        band.price() != null ? band.price() : before.multiply(band.multiplier());
                trace.add(
                        TraceStep.of(
                                Step.QUANTITY_BANDS,
                                ready.id(),
                                ready.bandDetails[i],
                                before,
                                after,
                                fitting.lost()));
                return after;
            }
        }
        throw new IllegalStateException(
                "rule " + ready.id() + " of " + reference + " has no last band for all");
    }

    /** A level without a restocking time matches neither of the two restocking guards. */
    private static boolean matches(Band band, StockLevel stock) {
        if (band.below() != null && stock.quantity() >= band.below()) {
            return false;
        }
        int restocking = stock.restockingTime();
        boolean known = restocking != StockLevel.ABSENT;
        if (band.restockingOver() != null && !(known && restocking > band.restockingOver())) {
            return false;
        }
        return band.restockingAtMost() == null || (known && restocking <= band.restockingAtMost());
    }

    private BigDecimal region(BigDecimal before, Fitting fitting, List<TraceStep> trace) {
        regional.find(fitting);
        ReadyRule ready = fitting.winner;
        if (ready == null) {
            return before;
        }
        BigDecimal after = before.multiply(ready.rule.multiplier());
        trace.add(
                TraceStep.of(
                        Step.REGIONAL, ready.id(), ready.detail, before, after, fitting.lost()));
        return after;
    }

    private static TraceStep limitStep(
            ReadyRule limit, Limit cutBy, BigDecimal before, BigDecimal after, String lost) {
        return TraceStep.of(
                Step.LIMITS, limit.id(), limit.bounds.detail(cutBy), before, after, lost);
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

    List<ReadyRule> rules() {
        return rules;
    }

    /** How many rules apply everywhere, and are asked for every price. */
    int rulesWithoutScope() {
        return rulesWithoutScope;
    }

    /** The rules that begin or end by themselves. */
    List<ReadyRule> timedRules() {
        return timedRules;
    }

    /** When any of its rules begins or ends, whether the book holds then or not; ascending. */
    long[] ruleBoundaries() {
        return ruleBoundaries;
    }
}
