package io.slackwater.pricing.connectors;

import io.slackwater.pricing.model.DashboardMetric;
import io.slackwater.pricing.model.DeadLetter;
import io.slackwater.pricing.model.PricingEvent;
import io.slackwater.pricing.model.PricingEvent.Outcome;
import io.slackwater.pricing.model.PricingEvent.Published;
import io.slackwater.pricing.model.RuleStatus;
import io.slackwater.pricing.model.RuleStatus.Reason;
import io.slackwater.pricing.model.RuleStatus.State;
import io.slackwater.pricing.model.StockLevel;
import io.slackwater.pricing.model.TraceStep;
import java.math.BigDecimal;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.apache.flink.table.data.DecimalData;
import org.apache.flink.table.data.GenericArrayData;
import org.apache.flink.table.data.GenericMapData;
import org.apache.flink.table.data.GenericRowData;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.data.StringData;
import org.apache.flink.table.data.TimestampData;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Records to rows of the Iceberg tables: the columns of {@link LakeTables}, in their order. */
final class LakeRows {

    // Constants for ever, and therefore made once and not for each row.
    private static final String[] OUTCOMES = lowerCase(Outcome.values());
    private static final String[] PUBLISHED = lowerCase(Published.values());
    private static final String[] STATES = lowerCase(State.values());

    /** The largest amount of a column. */
    private static final BigDecimal LARGEST =
            BigDecimal.TEN
                    .pow(LakeTables.AMOUNT_PRECISION - LakeTables.AMOUNT_SCALE)
                    .subtract(BigDecimal.ONE.movePointLeft(LakeTables.AMOUNT_SCALE));

    private static final Logger LOG = LoggerFactory.getLogger(LakeRows.class);

    private LakeRows() {}

    static RowData event(PricingEvent event) {
        StockLevel stock = event.stock();
        return GenericRowData.of(
                text(stock.productId()),
                text(stock.warehouseId()),
                stock.quantity(),
                text(event.priceTier()),
                amount(event.price()),
                text(event.currency()),
                event.priceVersion(),
                amount(event.previousPrice()),
                text(event.cause().text()),
                time(stock.version().eventTime()),
                time(event.effectiveAt()),
                text(event.ruleBook()),
                amounts(event.segmentPrices()),
                days(stock.deliveryTime()),
                days(stock.restockingTime()),
                event.outcome() == Outcome.SUPERSEDED,
                stock.version().partition(),
                stock.version().offset(),
                time(stock.ingestedAt()),
                text(OUTCOMES[event.outcome().ordinal()]),
                text(PUBLISHED[event.published().ordinal()]),
                trace(event.trace()),
                text(event.previousCurrency()));
    }

    static RowData metric(DashboardMetric metric) {
        return GenericRowData.of(
                time(metric.windowStart()),
                time(metric.windowEnd()),
                text(metric.dimension()),
                text(metric.value()),
                metric.updates(),
                metric.priceChanges(),
                amount(metric.minPrice()),
                amount(metric.maxPrice()),
                amount(metric.avgPrice()),
                metric.unitsOnHand(),
                amount(metric.stockValue()),
                metric.lowStock(),
                metric.outOfStock(),
                metric.oversold(),
                text(metric.currency()));
    }

    static RowData deadLetter(DeadLetter letter) {
        return GenericRowData.of(
                text(letter.reason()),
                text(letter.path()),
                text(letter.message()),
                text(letter.source().topic()),
                letter.source().partition(),
                letter.source().offset(),
                time(letter.source().timestamp()),
                text(letter.key()),
                text(letter.payload()),
                text(letter.payloadEncoding()),
                letter.truncated(),
                time(letter.failedAt()));
    }

    static RowData ruleBook(RuleStatus answer) {
        Object[] reasons = new Object[answer.reasons().size()];
        for (int i = 0; i < reasons.length; i++) {
            Reason reason = answer.reasons().get(i);
            reasons[i] =
                    GenericRowData.of(
                            text(reason.reason()), text(reason.path()), text(reason.message()));
        }
        return GenericRowData.of(
                text(answer.bookId()),
                answer.version(),
                text(STATES[answer.state().ordinal()]),
                optionalTime(answer.effectiveFrom()),
                optionalTime(answer.at()),
                optionalTime(answer.publishedAt()),
                new GenericArrayData(reasons),
                answer.examined(),
                answer.changed(),
                answer.tookMillis(),
                text(answer.document()),
                answer.deciding());
    }

    private static GenericArrayData trace(List<TraceStep> steps) {
        Object[] rows = new Object[steps.size()];
        for (int i = 0; i < rows.length; i++) {
            TraceStep step = steps.get(i);
            rows[i] =
                    GenericRowData.of(
                            text(step.step().text()),
                            text(step.source()),
                            text(step.written()),
                            text(step.after().toPlainString()),
                            step.before() == null ? null : text(step.before().toPlainString()),
                            step.lost().isEmpty() ? null : text(step.lost()));
        }
        return new GenericArrayData(rows);
    }

    /** Null where there are none: most books know no segment, and null takes no room. */
    private static GenericMapData amounts(Map<String, BigDecimal> amounts) {
        if (amounts.isEmpty()) {
            return null;
        }
        Map<StringData, DecimalData> row = new HashMap<>();
        amounts.forEach((name, amount) -> row.put(text(name), amount(amount)));
        return new GenericMapData(row);
    }

    private static StringData text(String value) {
        return value == null ? null : StringData.fromString(value);
    }

    /**
     * An amount as the table holds it. A price always fits: it has less than 28 digits before the
     * point. The value of a huge stock of dear goods may not: it becomes the largest amount that
     * fits, which is told in the log, as null would say that nothing has a price.
     */
    private static DecimalData amount(BigDecimal value) {
        if (value == null) {
            return null;
        }
        BigDecimal stored = value;
        if (value.abs().compareTo(LARGEST) > 0) {
            stored = value.signum() < 0 ? LARGEST.negate() : LARGEST;
            LOG.warn("An amount of {} does not fit into the lake; written is {}", value, stored);
        }
        return DecimalData.fromBigDecimal(
                stored, LakeTables.AMOUNT_PRECISION, LakeTables.AMOUNT_SCALE);
    }

    private static TimestampData time(long epochMillis) {
        return TimestampData.fromEpochMillis(epochMillis);
    }

    private static TimestampData optionalTime(Long epochMillis) {
        return epochMillis == null ? null : time(epochMillis);
    }

    private static Integer days(int days) {
        return days == StockLevel.ABSENT ? null : days;
    }

    private static String[] lowerCase(Enum<?>[] values) {
        String[] texts = new String[values.length];
        for (Enum<?> value : values) {
            texts[value.ordinal()] = value.name().toLowerCase(Locale.ROOT);
        }
        return texts;
    }
}
