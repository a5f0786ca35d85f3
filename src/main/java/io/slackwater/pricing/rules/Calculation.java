package io.slackwater.pricing.rules;

import io.slackwater.pricing.model.PriceTag;
import io.slackwater.pricing.model.PricedStock.Limit;
import io.slackwater.pricing.model.StockLevel;
import io.slackwater.pricing.model.TraceStep;
import io.slackwater.pricing.model.TraceStep.Step;
import io.slackwater.pricing.rules.Price.SegmentNote;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** A price while it is made: the {@link PriceStep}s of a book fill it, one after the other. */
final class Calculation {

    final StockLevel stock;

    /** Null: none; then no rule that names one applies. */
    final String category;

    /** Null: none; then no rule that names one applies. */
    final String tier;

    /** The moment that is priced, epoch milliseconds. */
    final long at;

    /** What everybody pays, as far as it is made; exact until it is rounded. */
    BigDecimal amount;

    /** The promotions that apply, of all segments, the winner first. */
    List<ReadyRule<Promotion.Ready>> promotions = List.of();

    /** Everybody's amount before the promotions. */
    BigDecimal beforePromotions;

    /** Everybody's amount after the promotions, exact. */
    BigDecimal promoted;

    /** The rule to blame where nothing is left to pay; null: none. */
    String culprit;

    /** The rule that limits the price; null: none. */
    ReadyRule<Bounds> limits;

    /** Which limit cut everybody's price. */
    Limit cutBy = Limit.NONE;

    Rounder rounder;

    /** The rule that rounds; null: none. */
    String roundedBy;

    Map<String, BigDecimal> segments = Map.of();
    List<SegmentNote> notes = List.of();

    /** The rule that keeps a price for a while; null: none. */
    Price.Held hold;

    private final List<TraceStep> trace = new ArrayList<>(4);

    Calculation(StockLevel stock, String category, String tier, long at, TraceStep base) {
        this.stock = stock;
        this.category = category;
        this.tier = tier;
        this.at = at;
        amount = base.after();
        trace.add(base);
    }

    /** Writes a step of everybody's price, and goes on with the amount after it. */
    void add(Step step, String source, String detail, BigDecimal after, String lost) {
        trace.add(TraceStep.of(step, source, detail, amount, after, lost));
        amount = after;
    }

    /** Writes what a segment pays. */
    void addSegment(String segment, String detail, BigDecimal pays, String lost) {
        trace.add(TraceStep.of(Step.SEGMENT, segment, detail, beforePromotions, pays, lost));
    }

    /** The price, once all steps are done. */
    Price price(String currency) {
        return new Price(
                tier,
                new PriceTag(amount, currency, segments),
                cutBy,
                hold,
                null,
                trace,
                notes,
                limits == null ? null : limits.ready,
                null);
    }
}
