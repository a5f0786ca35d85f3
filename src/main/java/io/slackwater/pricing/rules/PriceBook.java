package io.slackwater.pricing.rules;

import io.slackwater.pricing.model.CatalogEntry;
import io.slackwater.pricing.model.PricedStock.Limit;
import io.slackwater.pricing.model.RuleBook;
import io.slackwater.pricing.model.RuleBook.Band;
import io.slackwater.pricing.model.RuleBook.Rule;
import io.slackwater.pricing.model.StockLevel;
import io.slackwater.pricing.model.TraceStep;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.Currency;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * One rule book, made ready to price: compiled once per version, then asked for every stock level.
 *
 * <p>A price is made in the contract's order ("How a price is made"): base, quantity bands, then
 * one rounding HALF_UP to the currency's minor unit. All steps before the rounding are exact.
 */
public final class PriceBook {

    private static final RoundingMode ROUNDING = RoundingMode.HALF_UP;

    private final String reference;
    private final long version;
    private final long effectiveFrom;
    private final long effectiveTo;
    private final String currency;
    private final int digits;
    private final String defaultTier;
    private final Map<String, TraceStep> tierBases;
    private final RuleIndex quantityBands;
    private final Map<String, String[]> bandDetails;
    private final String roundingDetail;

    /**
     * @param book a valid book
     * @param effectiveFrom since when it holds, epoch milliseconds, inclusive
     * @param effectiveTo until when, exclusive; {@code Long.MAX_VALUE}: for ever
     */
    public PriceBook(RuleBook book, long effectiveFrom, long effectiveTo) {
        this.reference = book.reference();
        this.version = book.version();
        this.effectiveFrom = effectiveFrom;
        this.effectiveTo = effectiveTo;
        this.currency = book.currency();
        this.digits = Math.max(0, Currency.getInstance(currency).getDefaultFractionDigits());
        this.defaultTier = book.defaultTier();
        this.tierBases = new HashMap<>();
        book.tiers()
                .forEach(
                        (name, tier) ->
                                tierBases.put(
                                        name,
                                        new TraceStep(
                                                "base",
                                                "tier:" + name,
                                                "",
                                                null,
                                                tier.basePrice(),
                                                "")));
        this.quantityBands = new RuleIndex(book.rules());
        // Written once here, so that a trace costs no text on the hot path.
        this.bandDetails = new HashMap<>();
        for (Rule rule : book.rules()) {
            String[] details = new String[rule.bands().size()];
            for (int i = 0; i < details.length; i++) {
                Band band = rule.bands().get(i);
                details[i] =
                        "band "
                                + (i + 1)
                                + (band.price() == null
                                        ? " x " + band.multiplier().toPlainString()
                                        : " = " + band.price().toPlainString());
            }
            bandDetails.put(rule.ruleId(), details);
        }
        this.roundingDetail = "to " + BigDecimal.ONE.movePointLeft(digits).toPlainString();
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
        TraceStep base = tier == null ? null : tierBases.get(tier);
        if (catalog != null) {
            // With the category, which scopes may name, a price can be recomputed from its trace.
            String category = catalog.category() == null ? "" : catalog.category();
            if (catalog.listPrice() != null) {
                base = new TraceStep("base", "list_price", category, null, catalog.listPrice(), "");
            } else if (base != null && !category.isEmpty()) {
                base = new TraceStep("base", base.source(), category, null, base.after(), "");
            }
        }
        if (base == null) {
            return Price.none(
                    tier, tier == null ? Price.Unpriced.NO_TIER : Price.Unpriced.UNKNOWN_TIER);
        }
        TraceStep banded = band(base.after(), stock, catalog, tier);
        BigDecimal exact = banded == null ? base.after() : banded.after();
        BigDecimal amount = exact.setScale(digits, ROUNDING);
        if (amount.signum() <= 0) {
            return Price.none(tier, Price.Unpriced.NOT_POSITIVE);
        }
        List<TraceStep> trace = new ArrayList<>(3);
        trace.add(base);
        if (banded != null) {
            trace.add(banded);
        }
        trace.add(new TraceStep("rounding", ROUNDING.name(), roundingDetail, exact, amount, ""));
        return new Price(tier, amount, Map.of(), Limit.NONE, null, null, trace);
    }

    private TraceStep band(BigDecimal base, StockLevel stock, CatalogEntry catalog, String tier) {
        String category = catalog == null ? null : catalog.category();
        Rule rule = quantityBands.find(stock.productId(), category, tier, stock.warehouseId());
        if (rule == null) {
            return null;
        }
        List<Band> bands = rule.bands();
        for (int i = 0; i < bands.size(); i++) {
            Band band = bands.get(i);
            if (matches(band, stock)) {
                BigDecimal after =
                        band.price() != null ? band.price() : base.multiply(band.multiplier());
                return new TraceStep(
                        "quantity_bands",
                        rule.ruleId(),
                        bandDetails.get(rule.ruleId())[i],
                        base,
                        after,
                        "");
            }
        }
        throw new IllegalStateException(
                "rule " + rule.ruleId() + " of " + reference + " has no last band for all");
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

    private String tierOf(CatalogEntry catalog) {
        return catalog == null || catalog.priceTier() == null ? defaultTier : catalog.priceTier();
    }

    /** Such as {@code default@7}. */
    public String reference() {
        return reference;
    }

    public long version() {
        return version;
    }

    /** Epoch milliseconds, inclusive. */
    public long effectiveFrom() {
        return effectiveFrom;
    }

    /** Epoch milliseconds, exclusive; {@code Long.MAX_VALUE}: for ever. */
    public long effectiveTo() {
        return effectiveTo;
    }

    /** ISO 4217. */
    public String currency() {
        return currency;
    }

    boolean holdsAt(long time) {
        return effectiveFrom <= time && time < effectiveTo;
    }
}
