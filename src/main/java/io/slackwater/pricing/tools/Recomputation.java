package io.slackwater.pricing.tools;

import io.slackwater.pricing.json.RuleBookReader;
import io.slackwater.pricing.model.CatalogEntry;
import io.slackwater.pricing.model.PriceTag;
import io.slackwater.pricing.model.PricingEvent;
import io.slackwater.pricing.model.RuleStatus;
import io.slackwater.pricing.model.TraceStep;
import io.slackwater.pricing.model.TraceStep.Step;
import io.slackwater.pricing.rules.Price;
import io.slackwater.pricing.rules.PriceBook;
import io.slackwater.pricing.rules.RuleBook;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A price of the lake, made once more from what its row has stored: quantity, restocking time and
 * tier from the columns, category and list price from the first step of the trace.
 *
 * @param book what was said of the book when it was accepted
 * @param price what the book says now; null where its document can no longer be read
 * @param differences what differs from the row, a few words each; empty: it agrees
 */
record Recomputation(RuleStatus book, Price price, List<String> differences) {

    boolean agrees() {
        return differences.isEmpty();
    }

    /**
     * Makes the price of a row once more.
     *
     * @param row with a price, and with its whole trace
     * @param accepted the answer that accepted the book that the row names, with its document
     */
    static Recomputation of(PricingEvent row, RuleStatus accepted) {
        RuleBookReader.Result read =
                RuleBookReader.readAgain(accepted.document().getBytes(StandardCharsets.UTF_8));
        if (read.book() == null) {
            RuleStatus.Reason reason = read.reasons().get(0);
            return new Recomputation(
                    accepted,
                    null,
                    List.of(
                            "its document is refused by this version of the tools: "
                                    + reason.path()
                                    + ": "
                                    + reason.message()));
        }
        PriceBook book = compile(read.book(), accepted.effectiveFrom());
        Price price = book.price(row.stock(), catalogOf(row), row.effectiveAt());
        return new Recomputation(accepted, price, differences(row, book, price));
    }

    /**
     * Makes a book ready to price.
     *
     * @param acceptedFrom since when it holds where it does not say so itself; null: from ever
     */
    static PriceBook compile(RuleBook book, Long acceptedFrom) {
        return new PriceBook(book, book.period(acceptedFrom));
    }

    /**
     * What was known of the product when the row was priced; the tier may be the book's default.
     */
    static CatalogEntry catalogOf(PricingEvent row) {
        if (row.trace().isEmpty()) {
            return new CatalogEntry(row.priceTier(), null, null, 0);
        }
        TraceStep base = row.trace().get(0);
        return new CatalogEntry(
                row.priceTier(),
                base.source().equals(TraceStep.LIST_PRICE) ? base.after() : null,
                base.category(),
                0);
    }

    /** The step that kept the price that was there; null where none did. */
    static TraceStep hold(PricingEvent row) {
        int steps = row.trace().size();
        TraceStep last = steps == 0 ? null : row.trace().get(steps - 1);
        return last != null && last.step() == Step.HOLD ? last : null;
    }

    private static List<String> differences(PricingEvent row, PriceBook book, Price price) {
        List<String> differences = new ArrayList<>();
        TraceStep hold = hold(row);
        // What a hold keeps, no book says: compared is the price that was due.
        BigDecimal due = hold == null ? row.price() : hold.before();
        if (price.amount() == null) {
            differences.add("it gives no price (" + price.unpriced() + ")");
        } else if (price.amount().compareTo(due) != 0) {
            differences.add(
                    "it says "
                            + Wording.amount(price.amount(), book.currency())
                            + " and the row "
                            + Wording.amount(due, row.currency()));
        }
        if (!book.currency().equals(row.currency())) {
            differences.add(
                    "its currency is " + book.currency() + " and the row's " + row.currency());
        }
        Map<String, BigDecimal> segments = hold == null ? row.segmentPrices() : dueSegments(row);
        if (!PriceTag.sameAmounts(segments, price.segments())) {
            differences.add(
                    "its segments pay "
                            + price.segments()
                            + " and those of the row "
                            + Map.copyOf(segments));
        }
        return differences;
    }

    private static Map<String, BigDecimal> dueSegments(PricingEvent row) {
        Map<String, BigDecimal> due = new HashMap<>();
        for (TraceStep step : row.trace()) {
            if (step.step() == Step.SEGMENT) {
                due.put(step.source(), step.after());
            }
        }
        return due;
    }
}
