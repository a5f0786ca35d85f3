package io.slackwater.pricing.connectors;

import io.slackwater.pricing.model.Cause;
import io.slackwater.pricing.model.PricingEvent;
import io.slackwater.pricing.model.PricingEvent.Outcome;
import io.slackwater.pricing.model.PricingEvent.Published;
import io.slackwater.pricing.model.RuleStatus;
import io.slackwater.pricing.model.RuleStatus.Reason;
import io.slackwater.pricing.model.RuleStatus.State;
import io.slackwater.pricing.model.StockLevel;
import io.slackwater.pricing.model.StockVersion;
import io.slackwater.pricing.model.TraceStep;
import io.slackwater.pricing.model.TraceStep.Step;
import java.math.BigDecimal;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Currency;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.apache.iceberg.data.Record;

/** Rows of the Iceberg tables to records: the reverse of {@link LakeRows}. */
final class StoredRows {

    private StoredRows() {}

    /**
     * Reads a row of {@code pricing.events}.
     *
     * @param texts the texts read so far: equal ones are kept once, as a few stand in millions of
     *     rows
     * @param steps the most steps of the trace to read, from its first on
     */
    static PricingEvent event(Record row, Map<String, String> texts, int steps) {
        String currency = text(row, "currency", texts);
        int digits = currency == null ? 0 : digits(currency);
        // Release 0.1.0 kept no currency of the price before.
        String stored = text(row, "previous_currency", texts);
        boolean hadPrice = row.getField("previous_price") != null;
        String previousCurrency = stored != null || !hadPrice ? stored : currency;
        int previousDigits = previousCurrency == null ? digits : digits(previousCurrency);
        return new PricingEvent(
                new StockLevel(
                        (String) row.getField("product_id"),
                        text(row, "warehouse_id", texts),
                        (Long) row.getField("quantity"),
                        days(row, "delivery_time"),
                        days(row, "restocking_time"),
                        new StockVersion(
                                time(row, "event_time"),
                                (Integer) row.getField("source_partition"),
                                (Long) row.getField("source_offset")),
                        time(row, "ingested_at")),
                named(Outcome.class, row, "outcome"),
                named(Published.class, row, "published"),
                text(row, "price_tier", texts),
                amount((BigDecimal) row.getField("price"), digits),
                segments((Map<?, ?>) row.getField("segment_prices"), texts, digits),
                currency,
                (Long) row.getField("price_version"),
                amount((BigDecimal) row.getField("previous_price"), previousDigits),
                previousCurrency,
                named(Cause.class, row, "cause"),
                time(row, "effective_at"),
                text(row, "rule_book", texts),
                trace((List<?>) row.getField("trace"), texts, steps));
    }

    private static int digits(String currency) {
        return Math.max(0, Currency.getInstance(currency).getDefaultFractionDigits());
    }

    private static List<TraceStep> trace(List<?> rows, Map<String, String> texts, int most) {
        List<TraceStep> steps = new ArrayList<>(Math.min(rows.size(), most));
        for (int i = 0; i < rows.size() && i < most; i++) {
            Record row = (Record) rows.get(i);
            String before = (String) row.getField("before");
            String lost = (String) row.getField("lost");
            steps.add(
                    TraceStep.of(
                            named(Step.class, row, "step"),
                            text(row, "source", texts),
                            text(row, "detail", texts),
                            before == null ? null : new BigDecimal(before),
                            new BigDecimal((String) row.getField("after")),
                            lost == null ? "" : lost));
        }
        return steps;
    }

    /** Reads a row of {@code pricing.rule_books}. */
    static RuleStatus answer(Record row) {
        List<Reason> reasons = new ArrayList<>();
        for (Object item : (List<?>) row.getField("reasons")) {
            Record reason = (Record) item;
            reasons.add(
                    new Reason(
                            (String) reason.getField("reason"),
                            (String) reason.getField("path"),
                            (String) reason.getField("message")));
        }
        return new RuleStatus(
                (String) row.getField("book_id"),
                (Long) row.getField("version"),
                named(State.class, row, "state"),
                optionalTime(row, "effective_from"),
                optionalTime(row, "at"),
                reasons,
                (Long) row.getField("examined"),
                (Long) row.getField("changed"),
                (Long) row.getField("took_ms"),
                null,
                optionalTime(row, "published_at"),
                (String) row.getField("document"),
                (Long) row.getField("deciding_version"));
    }

    /** As the currency writes it: the table has six digits after the point of every amount. */
    private static BigDecimal amount(BigDecimal stored, int digits) {
        if (stored == null) {
            return null;
        }
        BigDecimal amount = stored.stripTrailingZeros();
        return amount.scale() < digits ? amount.setScale(digits) : amount;
    }

    private static Map<String, BigDecimal> segments(
            Map<?, ?> stored, Map<String, String> texts, int digits) {
        if (stored == null) {
            return Map.of();
        }
        Map<String, BigDecimal> segments = new HashMap<>();
        stored.forEach(
                (name, price) ->
                        segments.put(
                                same(name.toString(), texts), amount((BigDecimal) price, digits)));
        return segments;
    }

    private static String text(Record row, String column, Map<String, String> texts) {
        String text = (String) row.getField(column);
        return text == null ? null : same(text, texts);
    }

    private static String same(String text, Map<String, String> texts) {
        String known = texts.putIfAbsent(text, text);
        return known == null ? text : known;
    }

    private static <E extends Enum<E>> E named(Class<E> type, Record row, String column) {
        return Enum.valueOf(type, ((String) row.getField(column)).toUpperCase(Locale.ROOT));
    }

    private static int days(Record row, String column) {
        Integer days = (Integer) row.getField(column);
        return days == null ? StockLevel.ABSENT : days;
    }

    private static long time(Record row, String column) {
        return ((OffsetDateTime) row.getField(column)).toInstant().toEpochMilli();
    }

    private static Long optionalTime(Record row, String column) {
        return row.getField(column) == null ? null : (Long) time(row, column);
    }
}
