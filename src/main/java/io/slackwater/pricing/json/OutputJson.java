package io.slackwater.pricing.json;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonFactoryBuilder;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.SerializableString;
import com.fasterxml.jackson.core.StreamWriteFeature;
import com.fasterxml.jackson.core.io.SerializedString;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import io.slackwater.pricing.model.Alert;
import io.slackwater.pricing.model.DashboardMetric;
import io.slackwater.pricing.model.DeadLetter;
import io.slackwater.pricing.model.PricingEvent;
import io.slackwater.pricing.model.RuleStatus;
import io.slackwater.pricing.model.Source;
import io.slackwater.pricing.model.StockLevel;
import io.slackwater.pricing.model.TraceStep;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * Writes the keys and values of the output topics: the fields, names and order of the contract. An
 * optional field that is absent (null) is left out. Amounts are JSON numbers with the digits that
 * they have ({@code 8.00} stays {@code 8.00}), times are ISO-8601, {@code Z}, with milliseconds.
 *
 * <p>For one thread: buffers are used again from record to record.
 */
public final class OutputJson {

    /**
     * The most characters of a number that is ever written. Readers take longer ones too; the
     * defaults of the common JSON libraries (1,000 with Jackson) are far above it.
     *
     * <p>A price has at most 27 digits before the point: a book's amounts have 18, and bands,
     * regions and charm endings multiply them by less than 10^9. The value of a million million
     * such stock levels has less than 55.
     */
    public static final int LONGEST_NUMBER = 60;

    /**
     * Amounts of the trace on {@code price_list} are rounded, half up, to at most so many digits
     * after the point. Every percentage makes the exact amount up to ten digits longer, and a trace
     * may have a hundred of them. The lake keeps all digits.
     */
    public static final int TRACE_DIGITS = 20;

    /**
     * The details of an alert that are numbers, where their text is a plain decimal. Fixed, so that
     * the type of a detail never depends on what a name happens to look like.
     */
    private static final Set<String> NUMERIC_DETAILS =
            Set.of("quantity", "price", "previous_price", "threshold", "change_percent");

    /** To so many bytes the texts of a record that is too long are cut. */
    private static final int CUT_BYTES = 512;

    /** Of a valid name, 256 characters, and of no other. */
    private static final int MOST_NAME_BYTES = 1 << 10;

    /** At most {@value #LONGEST_NUMBER} characters. */
    private static final Pattern PLAIN_DECIMAL =
            Pattern.compile("(?=.{1,60}$)-?(0|[1-9][0-9]*)(\\.[0-9]+)?");

    private static final SerializableString PRODUCT_ID = new SerializedString("product_id");
    private static final SerializableString WAREHOUSE_ID = new SerializedString("warehouse_id");
    private static final SerializableString QUANTITY = new SerializedString("quantity");
    private static final SerializableString PRICE_TIER = new SerializedString("price_tier");
    private static final SerializableString PRICE = new SerializedString("price");
    private static final SerializableString CURRENCY = new SerializedString("currency");
    private static final SerializableString PRICE_VERSION = new SerializedString("price_version");
    private static final SerializableString PREVIOUS_PRICE = new SerializedString("previous_price");
    private static final SerializableString PREVIOUS_CURRENCY =
            new SerializedString("previous_currency");
    private static final SerializableString CAUSE = new SerializedString("cause");
    private static final SerializableString EVENT_TIME = new SerializedString("event_time");
    private static final SerializableString EFFECTIVE_AT = new SerializedString("effective_at");
    private static final SerializableString RULE_BOOK = new SerializedString("rule_book");
    private static final SerializableString SEGMENT_PRICES = new SerializedString("segment_prices");

    private static final SerializableString TRACE = new SerializedString("trace");
    private static final SerializableString STEP = new SerializedString("step");
    private static final SerializableString SOURCE = new SerializedString("source");
    private static final SerializableString DETAIL = new SerializedString("detail");
    private static final SerializableString AFTER = new SerializedString("after");

    private static final JsonFactory FACTORY =
            new JsonFactoryBuilder()
                    .enable(StreamWriteFeature.WRITE_BIGDECIMAL_AS_PLAIN)
                    // Jackson's default escapes every character beyond the first 65,536.
                    .enable(JsonWriteFeature.COMBINE_UNICODE_SURROGATES_IN_UTF8)
                    // Nothing is behind the generator that flushing would reach.
                    .disable(StreamWriteFeature.FLUSH_PASSED_TO_STREAM)
                    .build();

    private final ByteArrayOutputStream out = new ByteArrayOutputStream(512);
    private final char[] time = new char[Instants.LENGTH];

    /**
     * The key of a price, {@code product|warehouse}. In the product's id, a backslash and a bar get
     * a backslash before them, so that no two pairs share a key: compaction would keep one of them.
     */
    public byte[] priceKey(PricingEvent event) {
        StockLevel stock = event.stock();
        return utf8(withoutBars(stock.productId()) + "|" + stock.warehouseId());
    }

    /** A name that may stand before a bar: the bars and backslashes in it have one before them. */
    private static String withoutBars(String name) {
        return name.indexOf('|') < 0 && name.indexOf('\\') < 0
                ? name
                : name.replace("\\", "\\\\").replace("|", "\\|");
    }

    /** The value of a price on {@code price_list}, without its trace. */
    public byte[] price(PricingEvent event) {
        return price(event, false);
    }

    /**
     * The value of a price on {@code price_list}. Segments come in alphabetical order, so that the
     * same price is always the same bytes.
     *
     * @param trace whether it says which steps made the price: of each the step, what decided, how
     *     (where there is something to say) and the amount after it, rounded to {@value
     *     #TRACE_DIGITS} digits after the point where it has more. The rules that lost, and every
     *     digit, stand in the lake alone.
     */
    public byte[] price(PricingEvent event, boolean trace) {
        return price(event, trace, true);
    }

    /**
     * The value of a price that is not longer than its topic takes: without its trace where it
     * would be, and where that is not enough without its segments, which {@code "truncated":true}
     * then says.
     *
     * @param room in bytes
     */
    public byte[] price(PricingEvent event, boolean trace, int room) {
        byte[] price = price(event, trace, true);
        if (price.length > room && trace) {
            price = price(event, false, true);
        }
        return price.length > room ? price(event, false, false) : price;
    }

    private byte[] price(PricingEvent event, boolean trace, boolean segments) {
        return write(
                json -> {
                    StockLevel stock = event.stock();
                    json.writeFieldName(PRODUCT_ID);
                    json.writeString(stock.productId());
                    json.writeFieldName(WAREHOUSE_ID);
                    json.writeString(stock.warehouseId());
                    json.writeFieldName(QUANTITY);
                    json.writeNumber(stock.quantity());
                    text(json, PRICE_TIER, event.priceTier());
                    amount(json, PRICE, event.price());
                    text(json, CURRENCY, event.currency());
                    json.writeFieldName(PRICE_VERSION);
                    json.writeNumber(event.priceVersion());
                    amount(json, PREVIOUS_PRICE, event.previousPrice());
                    if (event.previousCurrency() != null
                            && !event.previousCurrency().equals(event.currency())) {
                        text(json, PREVIOUS_CURRENCY, event.previousCurrency());
                    }
                    text(json, CAUSE, event.cause().text());
                    time(json, EVENT_TIME, stock.version().eventTime());
                    time(json, EFFECTIVE_AT, event.effectiveAt());
                    text(json, RULE_BOOK, event.ruleBook());
                    if (segments) {
                        segments(json, event.segmentPrices());
                    } else {
                        json.writeBooleanField("truncated", true);
                    }
                    if (trace) {
                        trace(json, event.trace());
                    }
                });
    }

    private static void trace(JsonGenerator json, List<TraceStep> steps) throws IOException {
        if (steps.isEmpty()) {
            return;
        }
        json.writeFieldName(TRACE);
        json.writeStartArray();
        for (int i = 0; i < steps.size(); i++) {
            TraceStep step = steps.get(i);
            json.writeStartObject();
            json.writeFieldName(STEP);
            json.writeString(step.step());
            json.writeFieldName(SOURCE);
            json.writeString(step.source());
            if (!step.detail().isEmpty()) {
                json.writeFieldName(DETAIL);
                json.writeString(step.detail());
            }
            json.writeFieldName(AFTER);
            json.writeNumber(shortened(step.after()));
            json.writeEndObject();
        }
        json.writeEndArray();
    }

    private static BigDecimal shortened(BigDecimal amount) {
        return amount.scale() <= TRACE_DIGITS
                ? amount
                : amount.setScale(TRACE_DIGITS, RoundingMode.HALF_UP);
    }

    private static void segments(JsonGenerator json, Map<String, BigDecimal> prices)
            throws IOException {
        if (prices.isEmpty()) {
            return;
        }
        json.writeFieldName(SEGMENT_PRICES);
        json.writeStartObject();
        for (Map.Entry<String, BigDecimal> price : new TreeMap<>(prices).entrySet()) {
            json.writeFieldName(price.getKey());
            json.writeNumber(price.getValue());
        }
        json.writeEndObject();
    }

    /** The key of a metric, {@code dimension|value}; no dimension holds a bar. */
    public byte[] metricKey(DashboardMetric metric) {
        return utf8(metric.dimension() + "|" + metric.value());
    }

    /** The value of a metric on {@code dashboard_metrics}. */
    public byte[] metric(DashboardMetric metric) {
        return write(
                json -> {
                    time(json, "window_start", metric.windowStart());
                    time(json, "window_end", metric.windowEnd());
                    json.writeStringField("dimension", metric.dimension());
                    json.writeStringField("value", metric.value());
                    text(json, "currency", metric.currency());
                    json.writeNumberField("updates", metric.updates());
                    json.writeNumberField("price_changes", metric.priceChanges());
                    amount(json, "min_price", metric.minPrice());
                    amount(json, "max_price", metric.maxPrice());
                    amount(json, "avg_price", metric.avgPrice());
                    json.writeNumberField("units_on_hand", metric.unitsOnHand());
                    amount(json, "stock_value", metric.stockValue());
                    json.writeNumberField("low_stock", metric.lowStock());
                    json.writeNumberField("out_of_stock", metric.outOfStock());
                    json.writeNumberField("oversold", metric.oversold());
                });
    }

    /** The key of an alert: the product. */
    public byte[] alertKey(Alert alert) {
        return utf8(alert.productId());
    }

    /**
     * The value of an alert on {@code alerts}. Its details come in alphabetical order; {@code
     * quantity}, {@code price}, {@code previous_price}, {@code threshold} and {@code
     * change_percent} are JSON numbers where they are plain decimals, everything else is text.
     */
    public byte[] alert(Alert alert) {
        return write(
                json -> {
                    json.writeStringField("alert", alert.kind().name());
                    json.writeStringField("severity", alert.severity().name());
                    json.writeStringField("product_id", alert.productId());
                    text(json, "warehouse_id", alert.warehouseId());
                    time(json, "event_time", alert.eventTime());
                    json.writeObjectFieldStart("details");
                    for (Map.Entry<String, String> detail :
                            new TreeMap<>(alert.details()).entrySet()) {
                        detail(json, detail.getKey(), detail.getValue());
                    }
                    json.writeEndObject();
                });
    }

    /**
     * The value of an alert that is not longer than its topic takes: texts among its details are
     * cut where it would be.
     *
     * @param room in bytes
     */
    public byte[] alert(Alert alert, int room) {
        byte[] whole = alert(alert);
        if (whole.length <= room) {
            return whole;
        }
        Map<String, String> details = new TreeMap<>(alert.details());
        details.replaceAll((name, text) -> text == null ? null : JsonCut.toBytes(text, CUT_BYTES));
        return alert(
                new Alert(
                        alert.kind(),
                        alert.severity(),
                        alert.productId(),
                        alert.warehouseId(),
                        alert.eventTime(),
                        details));
    }

    private static void detail(JsonGenerator json, String name, String value) throws IOException {
        if (value != null
                && NUMERIC_DETAILS.contains(name)
                && PLAIN_DECIMAL.matcher(value).matches()) {
            json.writeFieldName(name);
            // As it is spelled: 8.00 stays 8.00.
            json.writeNumber(value);
        } else {
            text(json, name, value);
        }
    }

    /**
     * The key of a rule book's status, {@code book|version}, with nothing after the bar where the
     * version is not known. Bars and backslashes in the book's name get a backslash before them.
     */
    public byte[] ruleStatusKey(RuleStatus status) {
        return utf8(
                withoutBars(bookId(status))
                        + "|"
                        + (status.version() == null ? "" : status.version()));
    }

    /** The book that a status is about: what the statuses of all its versions have in common. */
    public byte[] ruleStatusBook(RuleStatus status) {
        return utf8(bookId(status));
    }

    /** What a Kafka key calls a book may be of any length, unlike the name in its document. */
    private static String bookId(RuleStatus status) {
        return status.bookId() == null ? "" : JsonCut.toBytes(status.bookId(), MOST_NAME_BYTES);
    }

    /**
     * The value of a rule book's status that is not longer than its topic takes. Where it would be,
     * its last reasons are left out, and one in their place says how many they were.
     *
     * @param room in bytes
     */
    public byte[] ruleStatus(RuleStatus status, int room) {
        byte[] value = ruleStatus(status);
        if (value.length <= room) {
            return value;
        }
        int fits = 0;
        int tooMany = status.reasons().size();
        value = ruleStatus(withReasons(status, fits));
        while (tooMany - fits > 1) {
            int kept = (fits + tooMany) / 2;
            byte[] candidate = ruleStatus(withReasons(status, kept));
            if (candidate.length <= room) {
                fits = kept;
                value = candidate;
            } else {
                tooMany = kept;
            }
        }
        return value;
    }

    private static RuleStatus withReasons(RuleStatus status, int kept) {
        List<RuleStatus.Reason> reasons = new ArrayList<>(status.reasons().subList(0, kept));
        reasons.add(
                new RuleStatus.Reason(
                        "TOO_MANY_FAULTS",
                        "",
                        "And "
                                + (status.reasons().size() - kept)
                                + " more, for which the topic has no room; the table"
                                + " pricing.rule_books has them all."));
        return new RuleStatus(
                status.bookId(),
                status.version(),
                status.state(),
                status.effectiveFrom(),
                status.at(),
                reasons,
                status.examined(),
                status.changed(),
                status.tookMillis(),
                status.progressPercent(),
                status.publishedAt(),
                status.document(),
                status.deciding());
    }

    /**
     * The value of a rule book's status on {@code rule_status}. Without the book's document, which
     * stands on {@code pricing_rules} and in the lake.
     */
    public byte[] ruleStatus(RuleStatus status) {
        return write(
                json -> {
                    text(json, "book_id", status.bookId() == null ? null : bookId(status));
                    number(json, "version", status.version());
                    json.writeStringField("status", status.state().name());
                    time(json, "effective_from", status.effectiveFrom());
                    time(json, "at", status.at());
                    if (!status.reasons().isEmpty()) {
                        json.writeArrayFieldStart("reasons");
                        for (RuleStatus.Reason reason : status.reasons()) {
                            json.writeStartObject();
                            json.writeStringField("reason", reason.reason());
                            json.writeStringField("path", reason.path());
                            json.writeStringField("message", reason.message());
                            json.writeEndObject();
                        }
                        json.writeEndArray();
                    }
                    number(json, "examined", status.examined());
                    number(json, "changed", status.changed());
                    number(json, "took_ms", status.tookMillis());
                    if (status.progressPercent() != null) {
                        json.writeNumberField("progress_percent", status.progressPercent());
                    }
                    number(json, "deciding_version", status.deciding());
                });
    }

    /**
     * The value of a dead letter on {@code dead_letters}: always below 1,000,000 bytes, as what the
     * decoders make is bounded.
     */
    public byte[] deadLetter(DeadLetter letter) {
        return write(
                json -> {
                    json.writeStringField("reason", letter.reason());
                    json.writeStringField("path", letter.path());
                    json.writeStringField("message", letter.message());
                    Source source = letter.source();
                    json.writeObjectFieldStart("source");
                    json.writeStringField("topic", source.topic());
                    json.writeNumberField("partition", source.partition());
                    json.writeNumberField("offset", source.offset());
                    time(json, "timestamp", source.timestamp());
                    json.writeEndObject();
                    text(json, "key", letter.key());
                    text(json, "payload", letter.payload());
                    if (letter.payload() != null) {
                        json.writeStringField("payload_encoding", letter.payloadEncoding());
                    }
                    json.writeBooleanField("truncated", letter.truncated());
                    time(json, "failed_at", letter.failedAt());
                });
    }

    /** The key of a dead letter: that of the message, else where it was, so that it has one. */
    public byte[] deadLetterKey(DeadLetter letter) {
        Source source = letter.source();
        return utf8(
                letter.key() != null
                        ? letter.key()
                        : source.topic() + "-" + source.partition() + "-" + source.offset());
    }

    /**
     * The value of a dead letter that is not longer than its topic takes: where it would be, its
     * payload is cut, and where that is not enough what else came from outside.
     *
     * @param room in bytes
     */
    public byte[] deadLetter(DeadLetter letter, int room) {
        byte[] value = deadLetter(letter);
        if (value.length <= room) {
            return value;
        }
        byte[] empty = deadLetter(JsonCut.withPayload(letter, 0));
        if (empty.length > room) {
            letter = JsonCut.withShortTexts(letter, CUT_BYTES);
            empty = deadLetter(JsonCut.withPayload(letter, 0));
        }
        return deadLetter(JsonCut.withPayload(letter, Math.max(0, room - empty.length)));
    }

    private byte[] write(Fields fields) {
        out.reset();
        try (JsonGenerator json = FACTORY.createGenerator(out)) {
            json.writeStartObject();
            fields.write(json);
            json.writeEndObject();
        } catch (IOException e) {
            // Memory does not fail; half a surrogate pair does, and no decoder lets one in.
            throw new UncheckedIOException("A record cannot be written as JSON: " + e, e);
        }
        return out.toByteArray();
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static void text(JsonGenerator json, SerializableString name, String value)
            throws IOException {
        if (value != null) {
            json.writeFieldName(name);
            json.writeString(value);
        }
    }

    private static void text(JsonGenerator json, String name, String value) throws IOException {
        if (value != null) {
            json.writeStringField(name, value);
        }
    }

    private static void amount(JsonGenerator json, SerializableString name, BigDecimal value)
            throws IOException {
        if (value != null) {
            json.writeFieldName(name);
            json.writeNumber(value);
        }
    }

    private static void amount(JsonGenerator json, String name, BigDecimal value)
            throws IOException {
        if (value != null) {
            json.writeNumberField(name, value);
        }
    }

    private static void number(JsonGenerator json, String name, Long value) throws IOException {
        if (value != null) {
            json.writeNumberField(name, value);
        }
    }

    private void time(JsonGenerator json, SerializableString name, long epochMillis)
            throws IOException {
        json.writeFieldName(name);
        time(json, epochMillis);
    }

    private void time(JsonGenerator json, String name, Long epochMillis) throws IOException {
        if (epochMillis != null) {
            json.writeFieldName(name);
            time(json, epochMillis);
        }
    }

    private void time(JsonGenerator json, long epochMillis) throws IOException {
        if (Instants.isFormattable(epochMillis)) {
            Instants.format(epochMillis, time);
            json.writeString(time, 0, time.length);
        } else {
            json.writeString(Instants.format(epochMillis));
        }
    }

    /** The fields of one document. */
    @FunctionalInterface
    private interface Fields {
        void write(JsonGenerator json) throws IOException;
    }
}
