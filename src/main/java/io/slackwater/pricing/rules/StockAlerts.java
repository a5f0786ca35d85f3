package io.slackwater.pricing.rules;

import io.slackwater.pricing.model.Alert;
import io.slackwater.pricing.model.PricedStock;
import io.slackwater.pricing.model.PricedStock.Limit;
import io.slackwater.pricing.model.PricedStock.SegmentMark;
import io.slackwater.pricing.model.PricedStock.Standing;
import io.slackwater.pricing.model.StockLevel;
import io.slackwater.pricing.rules.Price.SegmentNote;
import io.slackwater.pricing.rules.Price.Unpriced;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;

/**
 * Raises alerts when a condition of the stock or of a price begins, not at every message while it
 * lasts. Segment prices are watched like everybody's.
 */
public final class StockAlerts {

    private final long lowStock;

    /** A larger share of the price before is a jump. */
    private final BigDecimal priceJump;

    private final Consumer<Alert> out;

    /**
     * @param lowStock stock is low below it, pieces
     * @param priceJumpPercent a price that moves by more, up or down, is a jump
     */
    public StockAlerts(long lowStock, int priceJumpPercent, Consumer<Alert> out) {
        this.lowStock = lowStock;
        this.priceJump = BigDecimal.valueOf(priceJumpPercent, 2);
        this.out = out;
    }

    /**
     * Raises the alerts of a new stock level, before its price is looked at.
     *
     * @param stored what is stored before the level; null: nothing
     * @param after what is stored now
     */
    public void stock(PricedStock stored, PricedStock after, StockLevel level) {
        int before =
                stored == null || stored.standing() == Standing.WITHDRAWN
                        ? StockPricing.NO_CONDITION
                        : stored.condition();
        int now = after.condition();
        if (before == now) {
            return;
        }
        StockCondition[] conditions = StockCondition.values();
        StockCondition condition = conditions[now];
        if (before != StockPricing.NO_CONDITION
                && conditions[before].isEmpty()
                && !condition.isEmpty()) {
            condition(Alert.Kind.BACK_IN_STOCK, Alert.Severity.INFO, level, false);
        }
        switch (condition) {
            case LOW -> condition(Alert.Kind.LOW_STOCK, Alert.Severity.WARNING, level, true);
            case OUT -> condition(Alert.Kind.OUT_OF_STOCK, Alert.Severity.CRITICAL, level, false);
            case OVERSOLD -> condition(Alert.Kind.OVERSOLD, Alert.Severity.CRITICAL, level, false);
            case NORMAL -> {}
        }
    }

    private void condition(
            Alert.Kind kind, Alert.Severity severity, StockLevel level, boolean withThreshold) {
        Map<String, String> details = new HashMap<>();
        details.put("quantity", Long.toString(level.quantity()));
        if (withThreshold) {
            details.put("threshold", Long.toString(lowStock));
        }
        alert(kind, severity, level, level.version().eventTime(), details);
    }

    /**
     * Raises the alerts of what one input changed in the end. A late level may be priced several
     * times on its way there, as of moments that are over: there are no alerts for these.
     *
     * @param before what was stored before the input; null: nothing
     * @param after what is stored now; another object than before
     * @param decided what the rules said last; null: no book decided
     * @param limitsSince since when limits and segments stand as they do, epoch milliseconds
     */
    public void change(
            PricedStock before,
            PricedStock after,
            StockLevel level,
            Price decided,
            long limitsSince) {
        if (after.standing() == Standing.UNPRICED) {
            if (before == null || before.standing() != Standing.UNPRICED) {
                unpriced(level, decided, after.changedAt());
            }
            return;
        }
        if (after.standing() != Standing.PRICED) {
            return;
        }
        if (after.limit() != Limit.NONE && (before == null || before.limit() != after.limit())) {
            limit(
                    level,
                    after.limit().name(),
                    decided.amount(),
                    after.currency(),
                    null,
                    limitsSince);
        }
        if (!after.segmentMarks().isEmpty()) {
            segments(
                    before == null ? Map.of() : before.segmentMarks(),
                    level,
                    decided,
                    after.currency(),
                    limitsSince);
        }
        if (before == null || before.price() == null) {
            return;
        }
        if (!before.currency().equals(after.currency())) {
            currency(before, after, level);
            return;
        }
        jump(before.price(), after.price(), null, after, level);
        if (before.segmentPrices().isEmpty() && after.segmentPrices().isEmpty()) {
            return;
        }
        for (Map.Entry<String, BigDecimal> segment : after.segmentPrices().entrySet()) {
            if (before.segmentMarks().get(segment.getKey()) == SegmentMark.UNPRICED) {
                continue; // It had no price to compare with.
            }
            BigDecimal paid = before.segmentPrices().getOrDefault(segment.getKey(), before.price());
            jump(paid, segment.getValue(), segment.getKey(), after, level);
        }
        for (Map.Entry<String, BigDecimal> segment : before.segmentPrices().entrySet()) {
            // Its customers pay everybody's price now, unless they have none.
            if (!after.segmentPrices().containsKey(segment.getKey())
                    && !after.segmentMarks().containsKey(segment.getKey())) {
                jump(segment.getValue(), after.price(), segment.getKey(), after, level);
            }
        }
    }

    private void unpriced(StockLevel level, Price decided, long at) {
        Map<String, String> details = new HashMap<>();
        details.put("why", (decided == null ? Unpriced.NO_BOOK : decided.unpriced()).name());
        if (decided != null && decided.culprit() != null) {
            details.put("rule", decided.culprit());
        }
        alert(Alert.Kind.UNPRICED, Alert.Severity.CRITICAL, level, at, details);
    }

    private void segments(
            Map<String, SegmentMark> known,
            StockLevel level,
            Price decided,
            String currency,
            long since) {
        for (SegmentNote note : decided.notes()) {
            if (known.get(note.segment()) == note.mark()) {
                continue;
            }
            if (note.mark() != SegmentMark.UNPRICED) {
                limit(
                        level,
                        note.mark().name(),
                        decided.segments().get(note.segment()),
                        currency,
                        note.segment(),
                        since);
                continue;
            }
            Map<String, String> details = new HashMap<>();
            details.put("why", Unpriced.NOT_POSITIVE.name());
            details.put("segment", note.segment());
            if (note.rule() != null) {
                details.put("rule", note.rule());
            }
            alert(Alert.Kind.UNPRICED, Alert.Severity.CRITICAL, level, since, details);
        }
    }

    /**
     * @param segment whose price it is; null: everybody's
     */
    private void limit(
            StockLevel level,
            String limit,
            BigDecimal price,
            String currency,
            String segment,
            long since) {
        Map<String, String> details = new HashMap<>();
        details.put("limit", limit);
        details.put("price", price.toPlainString());
        details.put("currency", currency);
        if (segment != null) {
            details.put("segment", segment);
        }
        alert(Alert.Kind.LIMIT_HIT, Alert.Severity.WARNING, level, since, details);
    }

    private void currency(PricedStock before, PricedStock after, StockLevel level) {
        alert(
                Alert.Kind.CURRENCY_CHANGED,
                Alert.Severity.WARNING,
                level,
                after.changedAt(),
                Map.of(
                        "previous_currency",
                        before.currency(),
                        "currency",
                        after.currency(),
                        "previous_price",
                        before.price().toPlainString(),
                        "price",
                        after.price().toPlainString()));
    }

    /**
     * Looks both ways: a price that falls by 99.7 % is a jump too. Both are in one currency.
     *
     * @param segment whose price it is; null: everybody's
     */
    private void jump(
            BigDecimal previous,
            BigDecimal amount,
            String segment,
            PricedStock after,
            StockLevel level) {
        BigDecimal change = amount.subtract(previous);
        if (change.abs().compareTo(previous.multiply(priceJump)) <= 0) {
            return;
        }
        Map<String, String> details = new HashMap<>();
        details.put("previous_price", previous.toPlainString());
        details.put("price", amount.toPlainString());
        details.put("currency", after.currency());
        details.put(
                "change_percent",
                change.movePointRight(2).divide(previous, 1, RoundingMode.HALF_UP).toPlainString());
        if (segment != null) {
            details.put("segment", segment);
        }
        alert(Alert.Kind.PRICE_JUMP, Alert.Severity.WARNING, level, after.changedAt(), details);
    }

    private void alert(
            Alert.Kind kind,
            Alert.Severity severity,
            StockLevel level,
            long at,
            Map<String, String> details) {
        out.accept(new Alert(kind, severity, level.productId(), level.warehouseId(), at, details));
    }
}
